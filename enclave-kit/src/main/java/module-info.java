/** The kit that backends are made of. Not for applications. */
@SuppressWarnings("module") // the modules that are built on it are built after it
module dev.enclave.kit {
  requires transitive dev.enclave.api;
  requires dev.enclave.crypto;
  requires com.fasterxml.jackson.core;
  requires transitive java.net.http;
  requires static org.jspecify;

  exports dev.enclave.kit;
  exports dev.enclave.kit.attest;
  exports dev.enclave.kit.claim;
  exports dev.enclave.kit.credentials;
  exports dev.enclave.kit.http;
  exports dev.enclave.kit.kek;
  exports dev.enclave.kit.key;
  exports dev.enclave.kit.record;
  exports dev.enclave.kit.setup;

  // JSON, for the records, the files beside them, the proofs of audit and AWS's policies.
  exports dev.enclave.kit.json to
      dev.enclave.auditlog,
      dev.enclave.aws,
      dev.enclave.kubernetes,
      dev.enclave.pkcs11,
      dev.enclave.software,
      dev.enclave.vault;
  exports dev.enclave.kit.workload to
      dev.enclave.aws,
      dev.enclave.azure,
      dev.enclave.gcp,
      dev.enclave.vault;
}
