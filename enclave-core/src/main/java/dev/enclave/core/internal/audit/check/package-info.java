/** Reads a log: verification, proofs, export. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.audit.check;
