/** Merkle trees of RFC 6962 section 2.1 over SHA-256: growing ones, and proofs. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.merkle;
