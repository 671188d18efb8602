/** The sealed form of a key's record. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.internal.record.sealing;
