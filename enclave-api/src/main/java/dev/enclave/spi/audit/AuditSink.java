package dev.enclave.spi.audit;

import java.io.IOException;

/**
 * Where audit events go. The engine calls it in the thread of the operation, from many threads at
 * once; the sink orders the events. Never drops one silently.
 */
public interface AuditSink extends AutoCloseable {

  /** What must be true when {@link #append} returns. */
  enum Durability {
    /** The event, and all that was accepted before it, survives a crash of the machine. */
    DURABLE,
    /** The event is accepted and will be written; a crash before that loses it. */
    BUFFERED
  }

  /**
   * Takes an event. Events of one thread stay in the order of its calls. A sink that has no room
   * makes the thread wait. An interrupted thread is served like any other and stays interrupted;
   * only where the event has not been accepted yet may a sink end the wait, by an {@link
   * java.io.InterruptedIOException}.
   *
   * @throws IOException when it cannot be kept as asked, or the sink is closed; the sink must not
   *     write the event later, since the engine then refuses the operation where the policy needs
   *     the log, and warns elsewhere
   */
  void append(AuditEvent event, Durability durability) throws IOException;

  /**
   * Makes everything accepted durable and releases resources. Idempotent.
   *
   * @throws IOException when something accepted could not be made durable; the resources are
   *     released all the same
   */
  @Override
  void close() throws IOException;
}
