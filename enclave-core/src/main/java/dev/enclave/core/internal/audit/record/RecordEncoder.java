package dev.enclave.core.internal.audit.record;

import dev.enclave.core.internal.merkle.Sha256;
import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes events as the lines {@link AuditRecords} describes, chained, straight into one buffer.
 * Used by one thread.
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

  private final JsonBuffer out = new JsonBuffer(1 << 16);
  private final Sha256 sha256;
  private long second = Long.MIN_VALUE;
  private String secondText = "";

  public RecordEncoder(Sha256 sha256) {
    this.sha256 = sha256;
  }

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

  private static long chars(Map<String, String> details) {
    long chars = 0;
    for (Map.Entry<String, String> detail : details.entrySet()) {
      chars += "detail.".length() + detail.getKey().length() + detail.getValue().length();
    }
    return chars;
  }

  public byte[] array() {
    return out.array();
  }

  public int size() {
    return out.size();
  }

  public void clear() {
    out.clear();
  }

  /**
   * Adds a line after those already there; when it throws, they are as before.
   *
   * @param hash the hash of the record before; becomes that of this one
   */
  public void add(AuditEvent event, long sequence, byte[] hash) {
    int start = out.size();
    try {
      encode(start, event, sequence, hash);
    } catch (RuntimeException | Error e) {
      sha256.reset();
      out.cutTo(start);
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
    out.put(DURATION);
    out.number(event.duration().toNanos() / 1000);
    event.errorCode().ifPresent(code -> member(ERROR_CODE, code.name()));
    out.put(END_OF_VALUE);
    int hashed = out.size();
    out.put(HASH);
    int hashAt = out.reserve(2 * Sha256.LENGTH);
    out.put(END_OF_VALUE);
    int rest = out.size();
    if (event.key().isPresent()) {
      member(KEY, event.key().get().value());
      out.put(OPERATION_AFTER_KEY);
    } else {
      out.put(OPERATION);
    }
    out.text(event.operation().name());
    member(OPERATION_ID, event.operationId());
    member(PHASE, event.phase().name());
    out.put(PREVIOUS);
    out.hexAt(out.reserve(2 * Sha256.LENGTH), hash);
    event.providerRequestId().ifPresent(id -> member(REQUEST_ID, id));
    member(RESULT, event.result().name());
    out.put(SEQUENCE);
    out.number(sequence);
    event.version().ifPresent(version -> member(VERSION, version.value()));
    out.put(END);
    // The hash covers the record as it is without its hash member.
    sha256.update(out.array(), start, hashed - start);
    sha256.update(out.array(), rest, out.size() - rest);
    out.put('\n');
    sha256.digest(hash);
    out.hexAt(hashAt, hash);
  }

  private void member(byte[] name, String value) {
    out.put(name);
    out.text(value);
  }

  private void details(Map<String, String> details) {
    for (Map.Entry<String, String> detail : sortedAsWritten(details).entrySet()) {
      out.put(DETAIL);
      out.text(detail.getKey());
      out.put(VALUE);
      out.text(detail.getValue());
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
    out.put(AT);
    out.text(secondText);
    if (nanos != 0) {
      out.cutTo(out.size() - 1);
      out.put('.');
      fraction(nanos);
      out.put('Z');
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
      out.put((char) ('0' + (value / power) % 10));
    }
  }
}
