/** Reads a log: verification, proofs, export. */
@org.jspecify.annotations.NullMarked
package dev.enclave.auditlog.check;
