package dev.enclave.core.internal.audit;

import java.io.IOException;

/**
 * Opens a log together with the backend that holds its checkpoint key. For one operation: what is
 * chosen is chosen once. Not thread-safe.
 */
public interface KeyBackend {

  /** For those who have no backend. */
  KeyBackend NONE =
      new KeyBackend() {
        @Override
        public boolean needed() {
          return false;
        }

        @Override
        public void with(Work work) throws IOException {
          throw new KeyPendingException();
        }
      };

  /** Something done with the log open and its key settled, if it can be. */
  @FunctionalInterface
  interface Work {
    void run(FileAuditSink sink) throws IOException;
  }

  /** Whether the key of a new log may be one of a backend. */
  boolean needed();

  /**
   * Opens both, works, and closes both.
   *
   * @throws dev.enclave.EnclaveException when the backend cannot be opened
   */
  void with(Work work) throws IOException;
}
