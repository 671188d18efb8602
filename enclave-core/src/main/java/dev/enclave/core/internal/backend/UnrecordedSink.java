package dev.enclave.core.internal.backend;

import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;

/** For a diagnosis, which uses no key and keeps no record. */
final class UnrecordedSink implements AuditSink {

  @Override
  public void append(AuditEvent event, Durability durability) {}

  @Override
  public void close() {}
}
