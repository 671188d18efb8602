package dev.enclave.auditlog.checkpoint;

import dev.enclave.Bytes;
import dev.enclave.auditlog.merkle.Proofs;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A signed note of {@code c2sp.org/tlog-checkpoint} form: origin, size and root of the tree of
 * heads, and its newest leaf as extension lines.
 *
 * @param note as it was signed
 * @param origin of the log
 * @param size how many checkpoints there have been, with this one
 * @param root of the tree over their heads
 * @param head of this one
 */
public record Checkpoint(SignedNote note, String origin, long size, Bytes root, LogHead head) {

  static String text(String origin, long size, byte[] root, LogHead head) {
    return origin
        + "\n"
        + size
        + "\n"
        + Base64.getEncoder().encodeToString(root)
        + "\n"
        + head.text();
  }

  /** Reads a note. */
  public static Checkpoint parse(byte[] encoded) throws CorruptLogException {
    return parse(encoded, Optional.empty());
  }

  /**
   * Reads a note.
   *
   * @param before the countersigner of the checkpoint before it
   */
  public static Checkpoint parse(byte[] encoded, Optional<Countersigner> before)
      throws CorruptLogException {
    try {
      return of(SignedNote.parse(encoded), before);
    } catch (MalformedNoteException e) {
      throw new CorruptLogException(Texts.NO_SIGNED_NOTE.with(String.valueOf(e.getMessage())));
    }
  }

  static Checkpoint of(SignedNote note) throws CorruptLogException {
    return of(note, Optional.empty());
  }

  private static Checkpoint of(SignedNote note, Optional<Countersigner> before)
      throws CorruptLogException {
    String[] parts = note.text().split("\n", 4);
    try {
      if (parts.length == 4) {
        Bytes root = Bytes.of(Base64.getDecoder().decode(parts[2]));
        Checkpoint found =
            new Checkpoint(
                note, parts[0], Long.parseLong(parts[1]), root, LogHead.parse(parts[3], before));
        String again = text(found.origin, found.size, root.toByteArray(), found.head);
        if (again.equals(note.text())
            && found.size > 0
            && root.size() == Sha256.LENGTH
            && found.head.countersigner().stream()
                .allMatch(named -> named.key().name().equals(found.origin))) {
          return found;
        }
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new CorruptLogException(Texts.NO_CHECKPOINT.with());
  }

  /**
   * Checks that its own head is the newest leaf of the tree it signs.
   *
   * @param path from the leaf to the root
   * @throws CorruptLogException when it is not
   */
  public void requireInItsTree(Sha256 hasher, List<byte[]> path) throws CorruptLogException {
    Optional<byte[]> found = Proofs.rootOf(hasher, hasher.leaf(head.leaf()), size - 1, size, path);
    if (found.map(Bytes::of).filter(root::equals).isEmpty()) {
      throw new CorruptLogException(Texts.NOT_IN_ITS_TREE.with());
    }
  }

  /** Whether it has as many signatures as it is written with. */
  public boolean complete() {
    return note.signatures().size() > (head.countersigner().isPresent() ? 1 : 0);
  }

  public String text() {
    return new String(note.encoded(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
