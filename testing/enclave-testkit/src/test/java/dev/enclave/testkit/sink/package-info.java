/** The contracts of audit sinks, run for those there are and for broken ones. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.sink;
