package dev.enclave.core.internal.fallback;

import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;

/**
 * The audit log of the keys that have companions, which is not the companions' to close.
 *
 * @param whole that log
 */
public record SharedSink(AuditSink whole) implements AuditSink {

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    whole.append(event, durability);
  }

  @Override
  public void close() {
    // Closed by whoever opened it.
  }
}
