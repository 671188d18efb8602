/** Text, tables and JSON that commands print. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.text;
