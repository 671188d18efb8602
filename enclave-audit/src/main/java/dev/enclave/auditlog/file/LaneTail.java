package dev.enclave.auditlog.file;

import dev.enclave.Bytes;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.LineReader;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.SortedMap;

/**
 * Where a lane ends.
 *
 * @param sequence of the last whole record, 0 if there is none
 * @param hash of the last whole record
 * @param end offset after the last whole record
 * @param torn what follows it: the start of a record whose write a crash cut off
 */
public record LaneTail(long sequence, String hash, long end, Bytes torn) {

  /**
   * Reads a segment's end.
   *
   * @param before what stands before the segment
   */
  public static LaneTail read(LaneFile file, LaneState before) throws IOException {
    long size = file.size();
    int length = (int) Math.min(size, LineReader.LONGEST);
    byte[] tail = file.tail(length);
    int end = lastNewline(tail, length) + 1;
    Bytes torn = Bytes.of(java.util.Arrays.copyOfRange(tail, end, length));
    if (end == 0) {
      if (size > length) {
        throw new CorruptLogException(Texts.LAST_TOO_LONG.with(LineReader.LONGEST));
      }
      return new LaneTail(before.size(), before.hash().toHex(), 0, torn);
    }
    int start = lastNewline(tail, end - 1) + 1;
    SortedMap<String, String> last = lastRecord(java.util.Arrays.copyOfRange(tail, start, end - 1));
    String hash = last.get("hash");
    String sequence = last.get("sequence");
    if (hash == null || sequence == null || !hash.matches("[0-9a-f]{64}")) {
      throw new CorruptLogException(Texts.LAST_INCOMPLETE.with());
    }
    try {
      return new LaneTail(Long.parseLong(sequence), hash, size - length + end, torn);
    } catch (NumberFormatException e) {
      throw new CorruptLogException(Texts.LAST_WITHOUT_NUMBER.with());
    }
  }

  private static SortedMap<String, String> lastRecord(byte[] line) throws CorruptLogException {
    try {
      return AuditRecords.parse(line);
    } catch (IOException e) {
      throw new CorruptLogException(Texts.LAST_NO_RECORD.with(Reasons.of(e)));
    }
  }

  private static int lastNewline(byte[] bytes, int before) {
    int i = before - 1;
    while (i >= 0 && bytes[i] != '\n') {
      i--;
    }
    return i;
  }

  /** Marks a file that keeps the start of a record whose end was missing. */
  public static final String TORN = ".torn-";

  /** Keeps what is torn in a file of its own. */
  public void keepTorn(LogFiles files, Segment segment) throws IOException {
    String name = segment.name() + TORN + (sequence + 1);
    try (LaneFile fragment = firstFree(files, name)) {
      fragment.write(0, torn.toByteArray(), torn.size());
      fragment.force();
    }
    files.force();
  }

  /** A lane may be torn at one place more than once. */
  private static LaneFile firstFree(LogFiles files, String name) throws IOException {
    for (int number = 1; ; number++) {
      try {
        return files.create(number == 1 ? name : name + "-" + number);
      } catch (FileAlreadyExistsException e) {
        if (number == Integer.MAX_VALUE) {
          throw e;
        }
      }
    }
  }
}
