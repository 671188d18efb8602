/** The libraries that are compared at a cloud's key service. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks.cloud;
