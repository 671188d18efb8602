package dev.enclave.audit;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import java.util.function.Consumer;

/**
 * A place in the audit log, before the records that have not been read. Reading verifies nothing.
 * Used by one thread.
 */
@FunctionalInterface
public interface AuditReader {

  /**
   * Reads what has come since the last call: the records of each lane in order, and of several
   * lanes by time.
   *
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) at a line that is no record
   */
  void read(Consumer<AuditRecord> consumer);
}
