/** The sealed form of a key's record. */
@org.jspecify.annotations.NullMarked
package dev.enclave.records.internal.sealing;
