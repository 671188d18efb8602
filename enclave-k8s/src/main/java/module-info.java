/**
 * Keys in Kubernetes Secrets, sealed under a key of another backend. Found by {@link
 * java.util.ServiceLoader}.
 */
module dev.enclave.kubernetes {
  requires transitive dev.enclave.api;
  requires com.fasterxml.jackson.core;
  requires dev.enclave.kit;
  requires java.net.http;
  requires org.snakeyaml.engine;
  requires static org.jspecify;

  exports dev.enclave.kubernetes;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.kubernetes.KubernetesBackendProvider;
}
