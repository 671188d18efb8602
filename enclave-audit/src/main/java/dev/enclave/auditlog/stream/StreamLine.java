package dev.enclave.auditlog.stream;

import dev.enclave.auditlog.record.AuditRecords;
import dev.enclave.auditlog.record.LogLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/** What one line of a stream that is not only ours holds: records, pieces of them, or neither. */
final class StreamLine {

  /** How every record begins: {@code at} is the first name, and no string holds a bare quote. */
  private static final String START = "{\"at\":\"";

  private static final List<String> OURS = List.of("hash", "operationId", "previous", "sequence");

  private StreamLine() {}

  /** Something that is ours. */
  sealed interface Piece {}

  /**
   * A whole record, whatever it says.
   *
   * @param members by name
   * @param oneForm whether it has one of the two forms in which sinks write records
   */
  record Whole(SortedMap<String, String> members, boolean oneForm) implements Piece {}

  /** A record of which a part is missing. */
  record Torn() implements Piece {}

  /** The pieces of a line, which may have foreign text before, between and after them. */
  static List<Piece> pieces(byte[] line) {
    // One char for each byte, so that places agree.
    String text = new String(line, StandardCharsets.ISO_8859_1);
    List<Piece> pieces = new ArrayList<>();
    int start = text.indexOf(START);
    while (start >= 0) {
      int next = text.indexOf(START, start + 1);
      int end = endOfObject(text, start, next < 0 ? text.length() : next);
      if (end < 0) {
        pieces.add(new Torn());
      } else {
        add(pieces, Arrays.copyOfRange(line, start, end));
      }
      start = next;
    }
    return pieces;
  }

  /** After the first brace that is in no string; -1 if there is none before {@code limit}. */
  private static int endOfObject(String text, int start, int limit) {
    boolean inString = false;
    for (int i = start; i < limit; i++) {
      char c = text.charAt(i);
      if (c == '"') {
        inString = !inString;
      } else if (c == '\\' && inString) {
        i++;
      } else if (c == '}' && !inString) {
        return i + 1;
      }
    }
    return -1;
  }

  private static void add(List<Piece> pieces, byte[] object) {
    SortedMap<String, String> members;
    try {
      members = AuditRecords.parse(object);
    } catch (IOException e) {
      if (new String(object, StandardCharsets.ISO_8859_1).contains("\"operationId\":\"")) {
        pieces.add(new Torn());
      }
      return;
    }
    // Other programs write JSON too.
    if (members.keySet().containsAll(OURS)) {
      pieces.add(new Whole(members, oneForm(members, object)));
    }
  }

  private static boolean oneForm(SortedMap<String, String> members, byte[] object) {
    byte[] canonical = AuditRecords.encode(members);
    return Arrays.equals(canonical, object)
        || Arrays.equals(
            LogLine.of(canonical, canonical.length).getBytes(StandardCharsets.US_ASCII), object);
  }
}
