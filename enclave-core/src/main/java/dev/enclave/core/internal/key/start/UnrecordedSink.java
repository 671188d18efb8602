package dev.enclave.core.internal.key.start;

import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;

/** For a diagnosis, which uses no key and keeps no record. */
final class UnrecordedSink implements AuditSink {

  @Override
  public void append(AuditEvent event, Durability durability) {}

  @Override
  public void close() {}
}
