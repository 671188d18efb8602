package dev.enclave.auditlog.write;

import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LaneReplay;
import dev.enclave.auditlog.file.LaneState;
import dev.enclave.auditlog.file.LaneTail;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.merkle.CompactRange;
import dev.enclave.auditlog.merkle.Sha256;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.RecordEncoder;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.util.HexFormat;

/**
 * One lane of the log, claimed by the process that writes it. Records are added, written together
 * and then either committed or rolled back. Used by one thread at a time.
 */
public final class AuditLane implements AutoCloseable {

  private final LogFiles files;
  private final long segmentBytes;
  private final Sha256 sha256 = new Sha256();
  private final RecordEncoder encoder = new RecordEncoder();

  private Segment segment;
  private LaneFile file;
  private byte[] hash;
  private long length;
  private final CompactRange tree;

  // As it will be when what was added is committed.
  private final byte[] nextHash;
  private final CompactRange nextTree;
  private final byte[] leaf = new byte[Sha256.LENGTH];
  // Something was added and neither committed nor rolled back.
  private boolean added;
  // Bytes after the committed ones may be in the file.
  private boolean dirty;

  private AuditLane(
      LogFiles files,
      long segmentBytes,
      Segment segment,
      LaneFile file,
      LaneTail tail,
      CompactRange tree) {
    this.files = files;
    this.segmentBytes = segmentBytes;
    this.segment = segment;
    this.file = file;
    this.hash = HexFormat.of().parseHex(tail.hash());
    this.length = tail.end();
    this.tree = tree;
    this.nextHash = hash.clone();
    this.nextTree = tree.copy();
  }

  /**
   * Opens a lane and goes on where it ends.
   *
   * @param number of the lane
   * @param segmentBytes how long a file of it may get before the next is begun
   * @param expected what the newest checkpoint says of the lane
   * @throws CorruptLogException when the lane is not what it was, so that nothing may follow
   */
  public static AuditLane open(LogFiles files, int number, long segmentBytes, LaneHead expected)
      throws IOException {
    var segments = Segment.of(number, files.names());
    if (segments.isEmpty() && expected.size() > 0) {
      throw new CorruptLogException(Texts.LANE_MISSING.with(number, expected.size()));
    }
    Segment segment = segments.isEmpty() ? new Segment(number, 1) : segments.last();
    LaneState before = LaneState.before(files, segment);
    LaneFile file = files.open(segment.name());
    try {
      files.force();
      Sha256 hasher = new Sha256();
      LaneTail tail = LaneTail.read(file, before);
      CompactRange tree = new LaneReplay(hasher, before, expected).over(file, tail.end());
      if (tree.size() != tail.sequence()) {
        throw new CorruptLogException(Texts.LAST_NUMBER.with(tail.sequence(), tree.size()));
      }
      if (tail.torn().size() > 0) {
        // A crash tore the last write. Keep the fragment for whoever investigates.
        tail.keepTorn(files, segment);
        file.truncate(tail.end());
      }
      return new AuditLane(files, segmentBytes, segment, file, tail, tree);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Adds the record of an event to what will be written. */
  void add(AuditEvent event) {
    added = true;
    int start = encoder.size();
    encoder.add(event, nextTree.size() + 1, nextHash);
    sha256.leaf(encoder.array(), start, encoder.size() - start - 1, leaf);
    nextTree.add(leaf);
  }

  /** How many bytes will be written. */
  int pending() {
    return encoder.size();
  }

  /** How many records are committed. */
  public long size() {
    return tree.size();
  }

  /** What is committed, as a checkpoint says it; only what was forced belongs in one. */
  public LaneHead head() {
    return new LaneHead(tree.size(), dev.enclave.Bytes.of(tree.root()));
  }

  /** Writes all that was added, at once; a failure is to be followed by {@link #rollback}. */
  void write() throws IOException {
    tidy();
    dirty = true;
    file.write(length, encoder.array(), encoder.size());
  }

  public void force() throws IOException {
    file.force();
  }

  /** What was written is now part of the lane. */
  void commit() {
    dirty = false;
    length += encoder.size();
    tree.copyFrom(nextTree);
    System.arraycopy(nextHash, 0, hash, 0, hash.length);
    encoder.clear();
    added = false;
  }

  /**
   * Forgets what was added and removes what of it was written: half a line must not stay in front
   * of the next whole one.
   *
   * @param failure why; gets the reason if nothing can be removed for now
   */
  void rollback(Throwable failure) {
    forgetAdded();
    try {
      tidy();
    } catch (IOException | RuntimeException e) {
      // It is tried again before the next record.
      failure.addSuppressed(e);
    }
  }

  private void forgetAdded() {
    encoder.clear();
    nextTree.copyFrom(tree);
    System.arraycopy(hash, 0, nextHash, 0, hash.length);
    added = false;
  }

  /** Before a batch: removes what one that ended in the middle has left. */
  void begin() throws IOException {
    if (added) {
      forgetAdded();
    }
    tidy();
  }

  /** Removes what a failed write has left, if anything. */
  void tidy() throws IOException {
    if (dirty) {
      file.truncate(length);
      dirty = false;
    }
  }

  /** Whether the next batch needs nothing but to be written. */
  boolean plain() {
    return !dirty && !full();
  }

  /** Whether the file is so long that the next record belongs in another. */
  boolean full() {
    return length >= segmentBytes;
  }

  /** Begins the next file; when it throws, the lane goes on in the old one. */
  void rotate() throws IOException {
    file.force();
    Segment next = new Segment(segment.lane(), tree.size() + 1);
    LaneState.of(hash, tree).writeBefore(files, next);
    LaneFile opened = files.open(next.name());
    try {
      if (opened.size() > 0) {
        throw new CorruptLogException(Texts.THERE_BEFORE.with(next.name()));
      }
      files.force();
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
    LaneFile old = file;
    file = opened;
    segment = next;
    length = 0;
    old.close();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
