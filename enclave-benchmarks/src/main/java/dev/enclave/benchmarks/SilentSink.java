package dev.enclave.benchmarks;

import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;

/** Takes audit events and forgets them. */
final class SilentSink implements AuditSink {

  @Override
  public void append(AuditEvent event, Durability durability) {}

  @Override
  public void close() {}
}
