package dev.enclave.spi.audit;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

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
   * Whether records stay until somebody removes them on purpose, and can be read again: as in files
   * or a database, and not as on standard output or at a logger, which hand them on. Only a log
   * that keeps its records can be what is left of the public key of a version that is destroyed.
   * The answer is the same for the sink's whole life.
   *
   * @return false unless the sink says otherwise; a version whose public key its backend forgets is
   *     then not destroyed
   */
  default boolean keepsRecords() {
    return false;
  }

  /**
   * Whether one of its records {@linkplain AuditEvent#hasPublicKey has the public key} of a
   * version, whoever recorded it: asked before a version is destroyed whose backend does not tell
   * its public key any more. Also true where a record says {@code publicKeyFault} of the version,
   * and none tells of a signature: then there is none to keep. Rare, so it may read all records.
   *
   * @param authority the backend's, since two places may have keys and versions of one name
   * @return false unless the sink can tell; such a version is then not destroyed
   * @throws IOException when the records cannot be read
   */
  default boolean hasPublicKey(
      BackendId backend, String authority, KeyName key, KeyVersionId version) throws IOException {
    return false;
  }

  /**
   * When records were made, from {@code from} on, in any order: all of them, or as many that there
   * is one for each hour that has any. Asked before something is destroyed by its age where the
   * backend tells no time: the time that records have seen pass is believed, and a clock that has
   * jumped is not. Rare, so it may read all records.
   *
   * @return none unless the sink can tell; what is to be destroyed then waits until one process has
   *     seen nearly all of that time pass
   * @throws IOException when the records cannot be read
   */
  default Collection<Instant> timesOfRecords(Instant from) throws IOException {
    return List.of();
  }

  /**
   * Makes everything accepted durable and releases resources. Idempotent.
   *
   * @throws IOException when something accepted could not be made durable; the resources are
   *     released all the same
   */
  @Override
  void close() throws IOException;
}
