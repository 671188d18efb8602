package dev.enclave.auditlog.file;

import dev.enclave.Bytes;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * All that a lane's next record depends on, so that older ones need not be read, or be there.
 *
 * @param size how many records there are
 * @param hash of the last of them
 * @param roots of the complete subtrees of the lane's tree, the leftmost first
 */
public record LaneState(long size, Bytes hash, List<Bytes> roots) {

  public static final LaneState EMPTY =
      new LaneState(0, Bytes.ofHex(AuditRecords.GENESIS), List.of());

  private static final String FORMAT = "enclave-audit-state/1";
  private static final int LONGEST = 1 << 13;

  public LaneState {
    roots = List.copyOf(roots);
  }

  public static LaneState of(byte[] hash, CompactRange tree) {
    return new LaneState(
        tree.size(), Bytes.of(hash), tree.roots().stream().map(Bytes::of).toList());
  }

  public CompactRange tree(Sha256 hasher) {
    return CompactRange.of(hasher, size, roots.stream().map(Bytes::toByteArray).toList());
  }

  byte[] encoded() {
    StringBuilder text = new StringBuilder(FORMAT).append('\n').append(size).append('\n');
    text.append(hash.toHex()).append('\n');
    roots.forEach(root -> text.append(base64(root)).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  public static String base64(Bytes hash) {
    return Base64.getEncoder().encodeToString(hash.toByteArray());
  }

  /**
   * Reads what {@link #encoded} gives.
   *
   * @throws CorruptLogException when it is another thing
   */
  static LaneState parse(byte[] encoded) throws CorruptLogException {
    List<String> lines = new String(encoded, StandardCharsets.US_ASCII).lines().toList();
    try {
      List<Bytes> roots = new ArrayList<>();
      for (String root : lines.subList(3, lines.size())) {
        roots.add(Bytes.of(Base64.getDecoder().decode(root)));
      }
      LaneState state =
          new LaneState(Long.parseLong(lines.get(1)), Bytes.ofHex(lines.get(2)), roots);
      if (state.wellFormed() && java.util.Arrays.equals(state.encoded(), encoded)) {
        return state;
      }
    } catch (RuntimeException e) {
      // Told below: a file that somebody wrote can be wrong in any way.
    }
    throw new CorruptLogException(Texts.STATE_MALFORMED.with());
  }

  private boolean wellFormed() {
    return size >= 0
        && hash.size() == Sha256.LENGTH
        && Long.bitCount(size) == roots.size()
        && roots.stream().allMatch(root -> root.size() == Sha256.LENGTH);
  }

  /** What was before the first record of a segment. */
  public static LaneState before(LogFiles files, Segment segment) throws IOException {
    if (segment.first() == 1) {
      return EMPTY;
    }
    if (!files.names().contains(segment.stateName())) {
      throw new CorruptLogException(Texts.MISSING.with(segment.stateName()));
    }
    try (LaneFile file = files.openToRead(segment.stateName())) {
      LaneState state = parse(file.tail((int) Math.min(file.size(), LONGEST)));
      if (state.size() != segment.first() - 1) {
        throw new CorruptLogException(Texts.STATE_OF_ANOTHER.with(segment.stateName()));
      }
      return state;
    }
  }

  /** Writes what stands before a segment that is about to be made. */
  public void writeBefore(LogFiles files, Segment segment) throws IOException {
    files.replace(segment.stateName(), encoded());
  }
}
