/** The contract of stores that keep named records, and such a store in memory. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.record;
