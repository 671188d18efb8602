/** Compares two libraries by short turns. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks.duel;
