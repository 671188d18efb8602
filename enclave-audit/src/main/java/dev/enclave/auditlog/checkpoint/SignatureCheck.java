package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.util.Optional;

/**
 * Checks the signatures of a log's checkpoints: the log's own on each, and the backend's on each
 * that names a countersigner.
 *
 * @param keys whose signatures are demanded
 * @param waived whether countersignatures are left unchecked
 */
public record SignatureCheck(VerifierKeys keys, boolean waived) {

  public static SignatureCheck of(VerifierKeys keys) {
    return new SignatureCheck(keys, false);
  }

  /**
   * Checks one checkpoint. One that names no countersigner may be of the time before the log had
   * one.
   *
   * @throws MalformedNoteException when a signature is missing or not valid
   * @throws CorruptLogException when the checkpoint is of another log or names another
   *     countersigner
   */
  public void require(Checkpoint checkpoint) throws IOException {
    if (!checkpoint.origin().equals(keys.log())) {
      throw new CorruptLogException(Texts.OF_ANOTHER_LOG.with());
    }
    checkpoint.note().require(keys.own());
    Optional<VerifierKey> named = countersigner(checkpoint.head());
    if (named.isEmpty() || waived) {
      return;
    }
    if (keys.countersigner().isPresent() && !keys.countersigner().equals(named)) {
      throw new CorruptLogException(Texts.COUNTERSIGNED_BY_ANOTHER.with(named.get().text()));
    }
    checkpoint.note().require(named.get());
  }

  /**
   * As {@link #require}, and that the checkpoint names the countersigner if there is one among the
   * keys.
   */
  public void requireNamed(Checkpoint checkpoint) throws IOException {
    require(checkpoint);
    requireNamed(checkpoint.head());
  }

  /**
   * Checks that the newest head of a log names the countersigner if there is one among the keys.
   *
   * @throws CorruptLogException when not
   */
  public void requireNamed(LogHead newest) throws CorruptLogException {
    if (!waived && keys.countersigner().isPresent() && countersigner(newest).isEmpty()) {
      throw new CorruptLogException(
          Texts.NOT_COUNTERSIGNED.with(keys.countersigner().get().text()));
    }
  }

  private static Optional<VerifierKey> countersigner(LogHead head) {
    return head.countersigner().map(Countersigner::key);
  }
}
