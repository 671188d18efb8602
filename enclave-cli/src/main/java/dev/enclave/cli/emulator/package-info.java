/** The commands {@code enclave emulator}. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.emulator;
