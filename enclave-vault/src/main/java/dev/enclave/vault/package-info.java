/** Keys in HashiCorp Vault or OpenBao. */
@org.jspecify.annotations.NullMarked
package dev.enclave.vault;
