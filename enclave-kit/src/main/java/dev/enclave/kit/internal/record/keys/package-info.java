/** What is done with the keys of a store of records. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.internal.record.keys;
