/** The settings of the backend for Vault and OpenBao. */
@org.jspecify.annotations.NullMarked
package dev.enclave.vault.internal.settings;
