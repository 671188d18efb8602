/** What is done with the keys of a store of records. */
@org.jspecify.annotations.NullMarked
package dev.enclave.records.internal.keys;
