/** What the backends of the clouds' key services share. Not for applications. */
module dev.enclave.cloud {
  requires transitive dev.enclave.api;
  requires static org.jspecify;

  exports dev.enclave.cloud;
  exports dev.enclave.cloud.key;
  exports dev.enclave.cloud.setup;
}
