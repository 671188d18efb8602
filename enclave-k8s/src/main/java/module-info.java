/** The Kubernetes backend: keys in Secrets. Found by {@link java.util.ServiceLoader}. */
module dev.enclave.kubernetes {
  requires transitive dev.enclave.api;
  requires static org.jspecify;
}
