package dev.enclave.auditlog.stream;

import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.Chain;
import dev.enclave.audit.AuditVerification.OfStream;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.LineReader;
import dev.enclave.auditlog.records.LogLine;
import dev.enclave.auditlog.records.RecordChain;
import dev.enclave.auditlog.records.Runs.OpenIntents;
import dev.enclave.auditlog.texts.Texts;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * Finds the chains in a captured stream and recomputes them. A record belongs to the chain whose
 * last hash it names; one that names a hash nobody has seen begins a piece of which the start is
 * missing. Goes on after a problem, so that one damaged place does not hide the next. Remembers
 * every hash it has seen. Used by one thread.
 */
public final class StreamVerifier {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
  private static final String UNKNOWN = "?";

  /** A record, and what a platform may write before and after it. */
  private static final int LONGEST = 4 * LineReader.LONGEST;

  private final List<Growing> chains = new ArrayList<>();
  private final Map<String, Growing> byHash = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final OpenIntents intents = new OpenIntents();
  private final List<String> problems = new ArrayList<>();
  private final List<String> torn = new ArrayList<>();
  private long line;
  private long records;

  private StreamVerifier() {}

  /** A chain, or a piece of one, as far as it has been read. */
  private static final class Growing {
    private final String name;
    private final long first;
    private long last;
    private String hash;

    Growing(String name, long first, String hash) {
      this.name = name;
      this.first = first;
      this.last = first;
      this.hash = hash;
    }
  }

  /** Reads the stream to its end. */
  public static OfStream verify(InputStream stream) throws IOException {
    StreamVerifier verifier = new StreamVerifier();
    InputStream in = new BufferedInputStream(stream);
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    boolean endless = false;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        verifier.take(line.toByteArray(), endless);
        line.reset();
        endless = false;
      } else if (line.size() < LONGEST) {
        line.write(next);
      } else {
        endless = true;
      }
    }
    // The capture of a process that was killed may end without an LF.
    verifier.take(line.toByteArray(), endless);
    if (verifier.records == 0 && verifier.problems.isEmpty()) {
      verifier.problems.add(Texts.STREAM_EMPTY.with());
    }
    return verifier.result();
  }

  private void take(byte[] content, boolean endless) {
    line++;
    if (endless) {
      problems.add(Texts.LINE_TOO_LONG_AT.with(line, LONGEST));
      return;
    }
    for (Piece piece : pieces(content)) {
      if (piece instanceof Whole whole) {
        problemOf(whole).ifPresent(problem -> problems.add(Texts.LINE_PROBLEM.with(line, problem)));
      } else {
        torn.add(Texts.LINE.with(line));
      }
    }
  }

  private Optional<String> problemOf(Whole whole) {
    SortedMap<String, String> record = whole.members();
    long sequence = sequence(record);
    String number = Texts.RECORD_AT.with(sequence < 1 ? Texts.WITHOUT_A_NUMBER.with() : sequence);
    String hash = String.valueOf(record.get("hash"));
    boolean usable = HASH.matcher(hash).matches();
    // By the hash it claims, so that one changed record does not make the next look lost.
    Optional<String> place =
        usable
            ? place(record, sequence, hash).map(problem -> number + ": " + problem)
            : Optional.empty();
    if (!usable || !AuditRecords.hashOf(record).equals(hash)) {
      return Optional.of(Texts.CONTENT_NOT_ITS_HASH.with(number));
    }
    if (!whole.oneForm()) {
      return Optional.of(Texts.IN_NO_FORM.with(number));
    }
    if (place.isEmpty()) {
      records++;
      intents.follow(record);
    }
    return place;
  }

  private static long sequence(SortedMap<String, String> record) {
    String text = String.valueOf(record.get("sequence"));
    return NUMBER.matcher(text).matches() ? Long.parseLong(text) : -1;
  }

  /** Gives the record its place, by what it claims; says what is wrong with it. */
  private Optional<String> place(SortedMap<String, String> record, long sequence, String hash) {
    if (byHash.containsKey(hash)) {
      return Optional.of(Texts.SECOND_TIME.with());
    }
    String previous = String.valueOf(record.get("previous"));
    if (previous.equals(AuditRecords.GENESIS)) {
      return begin(record, sequence, hash);
    }
    Growing chain = byHash.get(previous);
    if (chain == null) {
      piece(UNKNOWN, sequence, hash);
      return Optional.of(Texts.RECORDS_MISSING.with());
    }
    if (!chain.hash.equals(previous)) {
      piece(chain.name, sequence, hash);
      return Optional.of(Texts.FORK.with());
    }
    long expected = chain.last + 1;
    chain.hash = hash;
    chain.last = expected;
    byHash.put(hash, chain);
    return sequence == expected
        ? Optional.empty()
        : Optional.of(Texts.NUMBER_EXPECTED.with(expected));
  }

  private Optional<String> begin(SortedMap<String, String> record, long sequence, String hash) {
    String name = record.getOrDefault("detail." + RecordChain.CHAIN, "");
    boolean named = NAME.matcher(name).matches();
    piece(named ? name : UNKNOWN, 1, hash);
    if (!named) {
      return Optional.of(Texts.BEGINS_UNNAMED.with());
    }
    if (sequence != 1) {
      return Optional.of(Texts.BEGINS_NOT_FIRST.with());
    }
    return names.add(name) ? Optional.empty() : Optional.of(Texts.FORK_AT_BEGINNING.with());
  }

  private void piece(String name, long first, String hash) {
    Growing chain = new Growing(name, first, hash);
    chains.add(chain);
    byHash.put(hash, chain);
  }

  private OfStream result() {
    return new StreamVerification(
        records,
        chains.stream()
            .map(chain -> new Chain(chain.name, chain.first, chain.last, chain.hash))
            .toList(),
        problems,
        torn,
        intents.ids());
  }

  /** What a look at a captured stream found. */
  private record StreamVerification(
      long records,
      List<Chain> chains,
      List<String> problems,
      List<String> torn,
      List<String> unknownOutcomes)
      implements AuditVerification.OfStream {
    StreamVerification {
      chains = List.copyOf(chains);
      problems = List.copyOf(problems);
      torn = List.copyOf(torn);
      unknownOutcomes = List.copyOf(unknownOutcomes);
    }
  }

  /** How every record begins: {@code at} is the first name, and no string holds a bare quote. */
  private static final String START = "{\"at\":\"";

  private static final List<String> OURS = List.of("hash", "operationId", "previous", "sequence");

  /** Something that is ours. */
  private sealed interface Piece {}

  /**
   * A whole record, whatever it says.
   *
   * @param members by name
   * @param oneForm whether it has one of the two forms in which sinks write records
   */
  private record Whole(SortedMap<String, String> members, boolean oneForm) implements Piece {}

  /** A record of which a part is missing. */
  private record Torn() implements Piece {}

  /** The pieces of a line, which may have foreign text before, between and after them. */
  private static List<Piece> pieces(byte[] line) {
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
