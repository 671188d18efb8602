/** The kit that a backend at a remote service is made of. Not for applications. */
module dev.enclave.cloud {
  requires transitive dev.enclave.api;
  requires static org.jspecify;

  exports dev.enclave.cloud;
  exports dev.enclave.cloud.credentials;
  exports dev.enclave.cloud.key;
  exports dev.enclave.cloud.setup;
}
