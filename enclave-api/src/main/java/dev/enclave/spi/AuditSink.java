package dev.enclave.spi;

import dev.enclave.EnclaveExtension;
import java.io.IOException;

/**
 * Where audit events go. The engine calls it in the thread of the operation, from many threads at
 * once; the sink orders the events. Never drops one silently.
 */
public interface AuditSink extends EnclaveExtension, AutoCloseable {

  /** What must be true when {@link #append} returns. */
  enum Durability {
    /** The event survives a crash of the machine. */
    DURABLE,
    /** The event is accepted; a crash may lose it. */
    BUFFERED
  }

  /**
   * Takes an event.
   *
   * @throws IOException when it cannot be kept as asked; the engine then refuses the operation
   *     where the policy needs the log, and warns elsewhere
   */
  void append(AuditEvent event, Durability durability) throws IOException;

  /** Makes everything accepted durable and releases resources. Idempotent. */
  @Override
  void close() throws IOException;
}
