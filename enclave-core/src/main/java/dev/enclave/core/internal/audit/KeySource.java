package dev.enclave.core.internal.audit;

import dev.enclave.core.internal.note.NoteSigner;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;
import java.util.Optional;

/** Where a log's checkpoint key comes from, which may be later than its records. Thread-safe. */
interface KeySource extends AutoCloseable {

  /** The public half, once it is decided. To be called under the log's lock. */
  Optional<VerifierKey> verifier() throws IOException;

  /**
   * Who signs. Not to be called under the log's lock: it may ask a backend.
   *
   * @throws KeyPendingException when the backend is not open
   */
  NoteSigner signer() throws IOException;

  @Override
  void close();

  /** A key that is there. */
  static KeySource of(NoteSigner signer) {
    return new KeySource() {
      @Override
      public Optional<VerifierKey> verifier() {
        return Optional.of(signer.key());
      }

      @Override
      public NoteSigner signer() {
        return signer;
      }

      @Override
      public void close() {
        signer.close();
      }
    };
  }
}
