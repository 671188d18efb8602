/**
 * The software backend: sealed key files in a directory, for development. Found by {@link
 * java.util.ServiceLoader}.
 */
module dev.enclave.software {
  requires transitive dev.enclave.api;
  requires dev.enclave.crypto;
  requires com.fasterxml.jackson.core;
  requires static org.jspecify;

  exports dev.enclave.software;

  provides dev.enclave.spi.BackendProvider with
      dev.enclave.software.SoftwareBackendProvider;
}
