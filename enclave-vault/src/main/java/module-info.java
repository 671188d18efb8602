/** Keys in HashiCorp Vault or OpenBao. Found by {@link java.util.ServiceLoader}. */
module dev.enclave.vault {
  requires transitive dev.enclave.api;
  requires com.fasterxml.jackson.core;
  requires dev.enclave.crypto;
  requires dev.enclave.kit;
  requires java.net.http;
  requires static org.jspecify;

  exports dev.enclave.vault;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.vault.VaultBackendProvider;
}
