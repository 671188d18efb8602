/** Verifies an HSM's attestation of a key. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.attest;
