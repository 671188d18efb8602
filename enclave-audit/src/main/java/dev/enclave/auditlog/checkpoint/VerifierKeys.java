package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import java.util.List;
import java.util.Optional;

/**
 * The public keys of a log, a line each in {@code checkpoint.pub}.
 *
 * @param own the log's own
 * @param countersigner of the backend, if the log has named one
 */
public record VerifierKeys(VerifierKey own, Optional<VerifierKey> countersigner) {

  /**
   * Reads one line or two, the last of them with or without LF.
   *
   * @throws MalformedNoteException when it is another thing, or the keys are of two logs
   */
  public static VerifierKeys parse(String text) throws MalformedNoteException {
    List<String> lines = List.of(text.split("\n", -1));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines = lines.subList(0, lines.size() - 1);
    }
    if (lines.isEmpty() || lines.size() > 2) {
      throw new MalformedNoteException(Texts.NO_VERIFIER_KEYS.with());
    }
    VerifierKey own = VerifierKey.parse(lines.get(0));
    if (lines.size() == 1) {
      return new VerifierKeys(own, Optional.empty());
    }
    VerifierKey countersigner = VerifierKey.parse(lines.get(1));
    if (!countersigner.name().equals(own.name()) || countersigner.equals(own)) {
      throw new MalformedNoteException(Texts.NOT_OF_ONE_LOG.with());
    }
    return new VerifierKeys(own, Optional.of(countersigner));
  }

  /** The name of the log. */
  public String log() {
    return own.name();
  }

  /** The text form, each line with LF. */
  public String text() {
    return own.text() + "\n" + countersigner.map(key -> key.text() + "\n").orElse("");
  }
}
