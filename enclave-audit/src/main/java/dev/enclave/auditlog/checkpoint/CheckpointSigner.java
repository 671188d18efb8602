package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs the checkpoints of one log with the log's own key, and has them countersigned by a backend
 * that is opened after the log. Thread-safe.
 *
 * <p>Every method throws {@link dev.enclave.error.EnclaveException} when the backend does not do
 * what it is asked.
 */
public final class CheckpointSigner {

  private final LogIdentity identity;
  private volatile @Nullable CountersigningBackend backend;
  private volatile boolean naming;

  CheckpointSigner(LogIdentity identity) {
    this.identity = identity;
  }

  /**
   * Asks this backend from now on, whether it answers now or not.
   *
   * @param mayName whether a log that names no countersigner yet is offered one of it
   */
  public void use(CountersigningBackend opened, boolean mayName) {
    // Before the backend: whoever sees the backend must not offer what it may not.
    naming = mayName;
    backend = opened;
  }

  /** Offers no countersigner any more; a named one goes on signing. */
  public void offerNone() {
    naming = false;
  }

  /** The key for a log that names no countersigner yet; none if the backend is not to be asked. */
  public Optional<Countersigner> offer(String log) {
    CountersigningBackend opened = backend;
    return opened == null || !naming ? Optional.empty() : Optional.of(opened.provide(log));
  }

  /** Returns if the backend has the key that the log names. */
  public void require(Countersigner named) throws IOException {
    opened().require(named);
  }

  /**
   * A checkpoint with the log's signature, and with the countersignature if a countersigner is
   * named. A signature that the public key does not verify goes nowhere.
   */
  SignedNote sign(String checkpoint, Optional<Countersigner> named) throws IOException {
    byte[] text = checkpoint.getBytes(StandardCharsets.UTF_8);
    SignedNote note = SignedNote.unsigned(checkpoint).signedBy(identity.key(), identity.sign(text));
    if (named.isEmpty()) {
      return note;
    }
    Countersigner countersigner = named.get();
    byte[] signature = opened().sign(countersigner, text);
    try {
      return note.signedBy(countersigner.key(), signature);
    } catch (MalformedNoteException e) {
      throw Texts.COUNTERSIGNATURE_WRONG.as(
          ErrorCode.WRONG_ANSWER, countersigner.handle().backend(), countersigner.handle().name());
    }
  }

  private CountersigningBackend opened() throws BackendNotOpenException {
    CountersigningBackend opened = backend;
    if (opened == null) {
      throw new BackendNotOpenException();
    }
    return opened;
  }
}
