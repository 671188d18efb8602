/** The commands {@code enclave doctor} and {@code enclave conformance}. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.check;
