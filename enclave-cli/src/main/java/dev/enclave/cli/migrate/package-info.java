/** {@code enclave migrate}: keys from one backend to another. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.migrate;
