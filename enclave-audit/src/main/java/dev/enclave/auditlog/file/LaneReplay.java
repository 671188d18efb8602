package dev.enclave.auditlog.file;

import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.LineReader;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.util.Arrays;

/** Rebuilds a lane's tree from its last segment. */
public final class LaneReplay {

  private static final int CHUNK = 1 << 16;

  private final Sha256 hasher;
  private final CompactRange tree;
  private final LaneHead expected;
  private final byte[] leaf = new byte[Sha256.LENGTH];
  private byte[] buffer = new byte[CHUNK];
  private int held;

  /**
   * @param before what stands before the segment
   * @param expected what the newest checkpoint says of the lane
   */
  public LaneReplay(Sha256 hasher, LaneState before, LaneHead expected) {
    this.hasher = hasher;
    this.tree = before.tree(hasher);
    this.expected = expected;
  }

  /**
   * The tree over all records that end before {@code end}.
   *
   * @throws CorruptLogException when it is not the one the checkpoint has seen
   */
  public CompactRange over(LaneFile file, long end) throws IOException {
    compare();
    for (long at = 0; at < end; ) {
      int length = (int) Math.min(CHUNK, end - at);
      if (buffer.length < held + length) {
        buffer = Arrays.copyOf(buffer, 2 * (held + length));
      }
      file.read(at, buffer, held, length);
      at += length;
      held += length;
      takeLines();
    }
    if (tree.size() < expected.size()) {
      throw new CorruptLogException(Texts.END_CUT_OFF.with(tree.size(), expected.size()));
    }
    return tree;
  }

  private void takeLines() throws IOException {
    int start = 0;
    for (int i = 0; i < held; i++) {
      if (buffer[i] == '\n') {
        hasher.leaf(buffer, start, i - start, leaf);
        tree.add(leaf);
        compare();
        start = i + 1;
      }
    }
    held -= start;
    if (held > LineReader.LONGEST) {
      throw new CorruptLogException(Texts.LINE_TOO_LONG.with(LineReader.LONGEST));
    }
    System.arraycopy(buffer, start, buffer, 0, held);
  }

  private void compare() throws CorruptLogException {
    if (tree.size() == expected.size() && !expected.hasRoot(tree.root())) {
      throw new CorruptLogException(Texts.FIRST_NOT_SEEN.with(tree.size()));
    }
  }
}
