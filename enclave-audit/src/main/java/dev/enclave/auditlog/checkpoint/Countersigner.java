package dev.enclave.auditlog.checkpoint;

import dev.enclave.KeyHandle;
import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.error.UsageException;
import java.util.Optional;

/**
 * The key of a backend that a log has named to sign every checkpoint beside the log's own key.
 *
 * @param key its public half, under the log's name
 * @param handle backend, authority and key name
 * @param version the one version that signs
 */
public record Countersigner(VerifierKey key, KeyHandle handle, KeyVersionId version) {

  private static final String WORD = "countersigned-by ";

  /** The line that names it in a checkpoint, without LF. */
  public String line() {
    return WORD + key.text() + " " + handle + " " + version;
  }

  /**
   * Reads a line of a checkpoint.
   *
   * @param before of the checkpoint before it: the same line is not decoded again, which takes a
   *     millisecond for the public key
   * @return none if the line is about something else
   * @throws IllegalArgumentException when it names no countersigner
   */
  public static Optional<Countersigner> parse(String line, Optional<Countersigner> before) {
    if (before.isPresent() && before.get().line().equals(line)) {
      return before;
    }
    if (!line.startsWith(WORD)) {
      return Optional.empty();
    }
    String[] words = line.split(" ", -1);
    try {
      return Optional.of(
          new Countersigner(
              VerifierKey.parse(words[1]), KeyHandle.parse(words[2]), KeyVersionId.of(words[3])));
    } catch (MalformedNoteException | UsageException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("no countersigner");
    }
  }

  /** Where the key is, for people. */
  public String place() {
    return Texts.PLACE.with(handle.backend(), handle.authority(), handle.name(), version);
  }
}
