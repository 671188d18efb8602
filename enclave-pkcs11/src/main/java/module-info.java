/** Keys in PKCS#11 tokens. Found by {@link java.util.ServiceLoader}. */
@SuppressWarnings("module") // the standard's name ends with digits
module dev.enclave.pkcs11 {
  requires transitive dev.enclave.api;
  requires dev.enclave.crypto;
  requires dev.enclave.cryptoki;
  requires dev.enclave.kit;
  requires static org.jspecify;

  exports dev.enclave.pkcs11;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.pkcs11.Pkcs11BackendProvider;
}
