/** The tamper-evident audit log, which needs no engine. */
@SuppressWarnings("module") // the engine is built after it
module dev.enclave.auditlog {
  requires static org.jspecify;
  requires transitive dev.enclave.api;
  requires dev.enclave.crypto;
  requires dev.enclave.kit;
  requires com.fasterxml.jackson.core;

  exports dev.enclave.auditlog;
  exports dev.enclave.auditlog.check to
      dev.enclave.core;
  exports dev.enclave.auditlog.checkpoint to
      dev.enclave.core;
  exports dev.enclave.auditlog.file to
      dev.enclave.core;
  exports dev.enclave.auditlog.records to
      dev.enclave.core;
  exports dev.enclave.auditlog.stream to
      dev.enclave.core;
  exports dev.enclave.auditlog.trail to
      dev.enclave.core;
  exports dev.enclave.auditlog.write to
      dev.enclave.core;
}
