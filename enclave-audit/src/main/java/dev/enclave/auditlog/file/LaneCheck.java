package dev.enclave.auditlog.file;

import dev.enclave.Bytes;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.texts.Texts;
import java.io.IOException;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Recomputes one lane, record by record: its chain, its tree, and what checkpoints say of it. Ends
 * with the first problem. Used by one thread.
 */
public final class LaneCheck {

  private final Sha256 hasher;
  private final CompactRange tree;
  private final NavigableMap<Long, Bytes> expected;
  private String previous;
  private boolean known;
  private SortedMap<String, String> record = new java.util.TreeMap<>();

  /**
   * @param before what stands before the first record that is there
   * @param expected the roots that checkpoints tell, by size
   */
  public LaneCheck(Sha256 hasher, LaneState before, NavigableMap<Long, Bytes> expected) {
    this.hasher = hasher;
    this.tree = before.tree(hasher);
    this.previous = before.hash().toHex();
    this.known = before.size() == 0;
    this.expected = expected;
  }

  private LaneCheck(LaneCheck other) {
    this.hasher = other.hasher;
    this.tree = other.tree.copy();
    this.previous = other.previous;
    this.known = other.known;
    this.expected = other.expected;
    this.record = other.record;
  }

  /** Another that is, for now, as far as this. */
  public LaneCheck copy() {
    return new LaneCheck(this);
  }

  /** How many records there have been, with those that are gone. */
  public long size() {
    return tree.size();
  }

  /** The last record that was in order. */
  public SortedMap<String, String> record() {
    return record;
  }

  /** Whether a checkpoint has seen the last record. */
  public boolean covered() {
    return !expected.isEmpty() && tree.size() <= expected.lastKey();
  }

  /** What a segment that begins here must have before it. */
  public LaneState state() {
    return LaneState.of(Bytes.ofHex(previous).toByteArray(), tree);
  }

  /** Says what is wrong with what stands before the first record that is there. */
  public Optional<String> begin() {
    return tree.size() > 0 && disagrees()
        ? Optional.of(Texts.NOT_AS_SEEN.with())
        : Optional.empty();
  }

  /** Takes the next line, without its LF; says what is wrong with it. */
  public Optional<String> accept(byte[] line) {
    long number = tree.size() + 1;
    return problemOf(line, number).map(problem -> Texts.RECORD_PROBLEM.with(number, problem));
  }

  /** Takes the start of a line whose LF is missing. */
  public Optional<String> acceptCut() {
    return Optional.of(Texts.CUT_OFF_AT.with(tree.size() + 1));
  }

  private Optional<String> problemOf(byte[] line, long number) {
    if (line.length == 0) {
      return Optional.of(Texts.CUT_OFF.with());
    }
    SortedMap<String, String> parsed;
    try {
      parsed = AuditRecords.parse(line);
    } catch (IOException e) {
      return Optional.of(Texts.NOT_A_RECORD.with());
    }
    if (!Arrays.equals(AuditRecords.encode(parsed), line)) {
      return Optional.of(Texts.NOT_CANONICAL.with());
    }
    String hash = AuditRecords.hashOf(parsed);
    if (!hash.equals(parsed.get("hash"))) {
      return Optional.of(Texts.NOT_ITS_HASH.with());
    }
    if (!Long.toString(number).equals(parsed.get("sequence"))) {
      return Optional.of(Texts.ITS_NUMBER.with(String.valueOf(parsed.get("sequence"))));
    }
    if (!previous.equals(parsed.get("previous"))) {
      return Optional.of(Texts.NOT_AFTER_RECORD_BEFORE.with());
    }
    previous = hash;
    record = parsed;
    tree.add(hasher.leaf(line));
    return disagrees() ? Optional.of(Texts.NOT_THOSE_SEEN.with()) : Optional.empty();
  }

  private boolean disagrees() {
    Bytes root = expected.get(tree.size());
    known |= root != null;
    return root != null && !root.equals(Bytes.of(tree.root()));
  }

  /** Says what is wrong with the lane's end. */
  public Optional<String> end() {
    long seen = expected.isEmpty() ? 0 : expected.lastKey();
    if (seen > tree.size()) {
      return Optional.of(Texts.ENDS_EARLY.with(tree.size(), seen));
    }
    return known ? Optional.empty() : Optional.of(Texts.FIRST_RECORDS_LOST.with());
  }
}
