/** Sends one request to Vault or OpenBao and explains its failures. */
@org.jspecify.annotations.NullMarked
package dev.enclave.vault.internal.calls;
