/** Measurements, figures and tables of them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks.report;
