/** That the benchmarks run and their table renders. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks;
