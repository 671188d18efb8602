/** The commands {@code enclave audit} and {@code enclave init}. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.audit;
