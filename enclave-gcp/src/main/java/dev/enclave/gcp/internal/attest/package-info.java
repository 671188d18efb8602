/** Verifies an HSM's attestation of a key. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.attest;
