package dev.enclave.benchmarks.setting;

import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;

/** Takes audit events and forgets them. */
public final class SilentSink implements AuditSink {

  @Override
  public void append(AuditEvent event, Durability durability) {}

  @Override
  public void close() {}
}
