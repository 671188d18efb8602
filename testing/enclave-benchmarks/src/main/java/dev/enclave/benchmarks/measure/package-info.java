/** What is measured, and the programme of all measurements. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks.measure;
