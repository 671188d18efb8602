/** What benchmarks run on and with: the machine, schemes, keys, stores, sinks of audit records. */
@org.jspecify.annotations.NullMarked
package dev.enclave.benchmarks.setting;
