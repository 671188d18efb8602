/** Audit records to an SLF4J logger. Found by {@link java.util.ServiceLoader}. */
module dev.enclave.slf4j {
  requires transitive dev.enclave.api;
  requires org.slf4j;
  requires static org.jspecify;

  exports dev.enclave.slf4j;

  provides dev.enclave.spi.audit.AuditOutput with
      dev.enclave.slf4j.Slf4jAuditOutput;
}
