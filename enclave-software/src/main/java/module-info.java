/**
 * The software backend: sealed key files in a directory, for development. Found by {@link
 * java.util.ServiceLoader}.
 */
@SuppressWarnings("module") // dev.enclave.os is built after this one
module dev.enclave.software {
  requires transitive dev.enclave.api;
  requires dev.enclave.crypto;
  requires dev.enclave.kit;
  requires static org.jspecify;

  exports dev.enclave.software;

  // The key store, for the backend that keeps its sealing key in the operating system's store.
  exports dev.enclave.software.embed to
      dev.enclave.os;
  exports dev.enclave.software.store to
      dev.enclave.os;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.software.SoftwareBackendProvider;
}
