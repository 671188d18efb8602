/** What every command needs: options, files, passwords, an open enclave, reports of errors. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.session;
