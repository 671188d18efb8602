package dev.enclave.auditlog.check;

import dev.enclave.auditlog.checkpoint.BackendNotOpenException;
import dev.enclave.auditlog.write.FileAuditSink;
import java.io.IOException;

/**
 * Opens a log together with the backend that countersigns its checkpoints. For one operation: the
 * backend is resolved once. Not thread-safe.
 */
public interface LogWithBackend {

  /** For those who have no backend. */
  LogWithBackend NO_BACKEND =
      new LogWithBackend() {
        @Override
        public boolean mayCountersign() {
          return false;
        }

        @Override
        public void with(Work work) throws IOException {
          throw new BackendNotOpenException();
        }
      };

  /** Something done with the log and the backend open. */
  @FunctionalInterface
  interface Work {
    void run(FileAuditSink sink) throws IOException;
  }

  /** Whether a log that names no countersigner yet may get one of the backend. */
  boolean mayCountersign();

  /**
   * Opens both, works, and closes both.
   *
   * @throws dev.enclave.error.EnclaveException when the backend cannot be opened
   */
  void with(Work work) throws IOException;
}
