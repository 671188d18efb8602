/** The commands {@code enclave keys}. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.keys;
