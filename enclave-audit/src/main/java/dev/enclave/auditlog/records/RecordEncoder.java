package dev.enclave.auditlog.records;

import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes events as the lines {@link AuditRecords} describes, chained, straight into one growing
 * buffer, with strings as RFC 8785 section 3.2.2.2 has them. Half a surrogate pair, for which UTF-8
 * has no form, becomes U+FFFD. Used by one thread.
 */
public final class RecordEncoder {

  /** So that the longest record, all of it escapes, fits into what is read of a lane's end. */
  static final int MOST_CHARS = 160_000;

  /** A {@link java.time.Duration} of more nanoseconds does not fit into a long. */
  private static final long MOST_SECONDS = 9_000_000_000L;

  // The names between the values, in the order of RFC 8785 section 3.2.3.
  private static final byte[] AT = ascii("{\"at\":\"");
  private static final byte[] BACKEND = ascii("\",\"backend\":\"");
  private static final byte[] CALLER = ascii("\",\"caller\":\"");
  private static final byte[] DETAIL = ascii("\",\"detail.");
  private static final byte[] VALUE = ascii("\":\"");
  private static final byte[] DURATION = ascii("\",\"durationMicros\":\"");
  private static final byte[] ERROR_CODE = ascii("\",\"errorCode\":\"");
  private static final byte[] END_OF_VALUE = ascii("\",");
  private static final byte[] HASH = ascii("\"hash\":\"");
  private static final byte[] KEY = ascii("\"key\":\"");
  private static final byte[] OPERATION_AFTER_KEY = ascii("\",\"operation\":\"");
  private static final byte[] OPERATION = ascii("\"operation\":\"");
  private static final byte[] OPERATION_ID = ascii("\",\"operationId\":\"");
  private static final byte[] PHASE = ascii("\",\"phase\":\"");
  private static final byte[] PREVIOUS = ascii("\",\"previous\":\"");
  private static final byte[] REQUEST_ID = ascii("\",\"providerRequestId\":\"");
  private static final byte[] RESULT = ascii("\",\"result\":\"");
  private static final byte[] SEQUENCE = ascii("\",\"sequence\":\"");
  private static final byte[] VERSION = ascii("\",\"version\":\"");
  private static final byte[] END = ascii("\"}");

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /** What is escaped by a backslash and a letter or itself, and by which. */
  private static final String NAMED = "\"\\\b\t\n\f\r";

  private static final String NAMES = "\"\\btnfr";

  private final Sha256 sha256 = new Sha256();
  private byte[] bytes = new byte[1 << 16];
  private int size;
  private long second = Long.MIN_VALUE;
  private String secondText = "";

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Refuses, in the thread that brings it, an event that has no record.
   *
   * @throws IOException when it is too long, or longer than 285 years under way
   */
  public static void requireWritable(AuditEvent event) throws IOException {
    long chars =
        (long) event.operationId().length()
            + event.caller().length()
            + event.providerRequestId().map(String::length).orElse(0)
            + (event.details().isEmpty() ? 0 : chars(event.details()));
    if (chars > MOST_CHARS) {
      throw new IOException(
          "an audit record of " + chars + " characters is too long; at most " + MOST_CHARS);
    }
    if (Math.abs(event.duration().toSeconds()) > MOST_SECONDS) {
      throw new IOException("an operation of " + event.duration() + " is too long");
    }
  }

  /** How many characters details have in a record. */
  public static long chars(Map<String, String> details) {
    long chars = 0;
    for (Map.Entry<String, String> detail : details.entrySet()) {
      chars += "detail.".length() + detail.getKey().length() + detail.getValue().length();
    }
    return chars;
  }

  public byte[] array() {
    return bytes;
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  /**
   * Adds a line after those already there; when it throws, they are as before.
   *
   * @param hash the hash of the record before; becomes that of this one
   */
  public void add(AuditEvent event, long sequence, byte[] hash) {
    int start = size;
    try {
      encode(start, event, sequence, hash);
    } catch (RuntimeException | Error e) {
      sha256.reset();
      size = start;
      throw e;
    }
  }

  private void encode(int start, AuditEvent event, long sequence, byte[] hash) {
    time(event.at());
    event.backend().ifPresent(backend -> member(BACKEND, backend.value()));
    member(CALLER, event.caller());
    if (!event.details().isEmpty()) {
      details(event.details());
    }
    put(DURATION);
    text(Long.toString(event.duration().toNanos() / 1000));
    event.errorCode().ifPresent(code -> member(ERROR_CODE, code.name()));
    put(END_OF_VALUE);
    int hashed = size;
    put(HASH);
    int hashAt = reserve(2 * Sha256.LENGTH);
    put(END_OF_VALUE);
    int rest = size;
    if (event.key().isPresent()) {
      member(KEY, event.key().get().value());
      put(OPERATION_AFTER_KEY);
    } else {
      put(OPERATION);
    }
    text(event.operation().name());
    member(OPERATION_ID, event.operationId());
    member(PHASE, event.phase().name());
    put(PREVIOUS);
    hexAt(reserve(2 * Sha256.LENGTH), hash);
    event.providerRequestId().ifPresent(id -> member(REQUEST_ID, id));
    member(RESULT, event.result().name());
    put(SEQUENCE);
    text(Long.toString(sequence));
    event.version().ifPresent(version -> member(VERSION, version.value()));
    put(END);
    // The hash covers the record as it is without its hash member.
    sha256.update(bytes, start, hashed - start);
    sha256.update(bytes, rest, size - rest);
    put('\n');
    sha256.digest(hash);
    hexAt(hashAt, hash);
  }

  private void member(byte[] name, String value) {
    put(name);
    text(value);
  }

  private void details(Map<String, String> details) {
    for (Map.Entry<String, String> detail : sortedAsWritten(details).entrySet()) {
      put(DETAIL);
      text(detail.getKey());
      put(VALUE);
      text(detail.getValue());
    }
  }

  /** A name changed to be well-formed may sort elsewhere, or be the same as another. */
  private static Map<String, String> sortedAsWritten(Map<String, String> details) {
    boolean changed =
        details.keySet().stream().anyMatch(name -> !AuditRecords.wellFormed(name).equals(name));
    if (!changed) {
      return details;
    }
    SortedMap<String, String> written = new TreeMap<>();
    details.forEach((name, value) -> written.put(AuditRecords.wellFormed(name), value));
    return written;
  }

  /** As {@link Instant#toString}: no fraction of a second, or 3, 6 or 9 digits of it. */
  private void time(Instant at) {
    long epochSecond = at.getEpochSecond();
    int nanos = at.getNano();
    if (epochSecond != second) {
      secondText = Instant.ofEpochSecond(epochSecond).toString();
      second = epochSecond;
    }
    put(AT);
    text(secondText);
    if (nanos != 0) {
      size--;
      put('.');
      fraction(nanos);
      put('Z');
    }
  }

  private void fraction(int nanos) {
    int digits = 9;
    int value = nanos;
    while (value % 1000 == 0) {
      value /= 1000;
      digits -= 3;
    }
    int power = 1;
    for (int i = 1; i < digits; i++) {
      power *= 10;
    }
    for (; power > 0; power /= 10) {
      put((char) ('0' + (value / power) % 10));
    }
  }

  private void put(char ascii) {
    room(1);
    bytes[size++] = (byte) ascii;
  }

  private void put(byte[] raw) {
    room(raw.length);
    System.arraycopy(raw, 0, bytes, size, raw.length);
    size += raw.length;
  }

  /** Keeps {@code length} bytes free for later; returns where. */
  private int reserve(int length) {
    room(length);
    int start = size;
    size += length;
    return start;
  }

  /** Puts lower-case hexadecimal where room was reserved. */
  private void hexAt(int position, byte[] value) {
    int at = position;
    for (byte b : value) {
      bytes[at++] = HEX[(b >> 4) & 0xf];
      bytes[at++] = HEX[b & 0xf];
    }
  }

  /** Puts the inside of a JSON string. */
  private void text(String value) {
    int length = value.length();
    room(length);
    byte[] to = bytes;
    int at = size;
    int i = 0;
    while (i < length) {
      char c = value.charAt(i);
      if (c >= 0x80 || c < 0x20 || c == '"' || c == '\\') {
        break;
      }
      to[at++] = (byte) c;
      i++;
    }
    size = at;
    if (i < length) {
      rest(value, i);
    }
  }

  /** What is not plain ASCII, or is escaped. */
  private void rest(String value, int start) {
    StringBuilder escaped = new StringBuilder();
    String wellFormed = AuditRecords.wellFormed(value.substring(start));
    for (int i = 0; i < wellFormed.length(); i++) {
      char c = wellFormed.charAt(i);
      int named = NAMED.indexOf(c);
      if (named >= 0) {
        escaped.append('\\').append(NAMES.charAt(named));
      } else if (c < 0x20) {
        escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        escaped.append(c);
      }
    }
    put(escaped.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
