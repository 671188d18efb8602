/** The libraries that are compared, each behind one interface. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks.rival;
