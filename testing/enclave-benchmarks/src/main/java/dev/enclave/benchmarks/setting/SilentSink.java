package dev.enclave.benchmarks.setting;

import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;

/** Takes audit events and forgets them. */
public final class SilentSink implements AuditSink {

  @Override
  public void append(AuditEvent event, Durability durability) {}

  @Override
  public void close() {}
}
