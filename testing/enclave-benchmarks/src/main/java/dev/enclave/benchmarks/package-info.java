/** Benchmarks of Enclave beside its engines and other libraries. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks;
