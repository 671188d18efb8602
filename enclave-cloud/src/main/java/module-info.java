/** The kit that a backend at a remote service is made of. Not for applications. */
@SuppressWarnings("module") // those who see the workloads are built after this one
module dev.enclave.cloud {
  requires transitive dev.enclave.api;
  requires com.fasterxml.jackson.core;
  requires java.net.http;
  requires static org.jspecify;

  exports dev.enclave.cloud;
  exports dev.enclave.cloud.credentials;
  exports dev.enclave.cloud.key;
  exports dev.enclave.cloud.setup;
  exports dev.enclave.cloud.workload to
      dev.enclave.aws,
      dev.enclave.azure,
      dev.enclave.gcp;
}
