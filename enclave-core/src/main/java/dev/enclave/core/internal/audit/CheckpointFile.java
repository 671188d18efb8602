package dev.enclave.core.internal.audit;

import dev.enclave.core.internal.note.MalformedNoteException;
import dev.enclave.core.internal.note.NoteSigner;
import dev.enclave.core.internal.note.SignedNote;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * The file of a log's checkpoints, one signed note after the other, to which every process of the
 * log appends under its lock. Thread-safe.
 */
final class CheckpointFile implements AutoCloseable {

  static final String NAME = "checkpoints";

  private static final int CHUNK = 1 << 16;

  private final LogFiles files;
  private final LogLock.Taker lock;
  private final NoteSigner signer;
  private final CheckpointChain chain;
  private long end;

  CheckpointFile(LogFiles files, LogLock.Taker lock, NoteSigner signer) {
    this.files = files;
    this.lock = lock;
    this.signer = signer;
    this.chain = new CheckpointChain(signer.key().name());
  }

  /** The head of the newest checkpoint. */
  synchronized LogHead head() throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held;
        LaneFile file = files.open(NAME)) {
      refresh(file);
      return chain.head();
    }
  }

  VerifierKey verifierKey() {
    return signer.key();
  }

  /** The newest checkpoint. */
  synchronized Optional<Checkpoint> newest() throws IOException {
    head();
    return chain.newest();
  }

  /**
   * Appends a checkpoint that commits to more of a lane, and to the others as they were.
   *
   * @param head all of it on the disk for good
   * @param removedTo up to which record of the lane there may be none from now on; 0 if none went
   * @return the newest checkpoint; no new one is made if it would say nothing new
   */
  synchronized Checkpoint append(Instant at, int lane, LaneHead head, long removedTo)
      throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held;
        LaneFile file = files.open(NAME)) {
      refresh(file);
      LogHead before = chain.head();
      if (chain.newest().isPresent()
          && before.lane(lane).equals(head)
          && before.removed(lane) >= removedTo) {
        file.force();
        return chain.newest().get();
      }
      String text = chain.next(before.with(at, lane, head, removedTo));
      SignedNote note = SignedNote.sign(text, signer);
      byte[] encoded = note.encoded();
      file.write(end, encoded, encoded.length);
      file.force();
      if (end == 0) {
        files.force();
      }
      Checkpoint made = Checkpoint.of(note);
      chain.add(made);
      end += encoded.length;
      return made;
    }
  }

  /** Forgets the key. */
  @Override
  public void close() {
    signer.close();
  }

  /** Reads what other processes have appended; a crash may have torn the last. */
  private void refresh(LaneFile file) throws IOException {
    NoteSplitter splitter = new NoteSplitter();
    long size = file.size();
    if (size < end) {
      throw new CorruptLogException(NAME + " has become shorter");
    }
    byte[] chunk = new byte[CHUNK];
    for (long at = end; at < size; ) {
      int length = (int) Math.min(CHUNK, size - at);
      file.read(at, chunk, 0, length);
      at += length;
      for (byte[] note : splitter.add(chunk, length)) {
        take(note);
      }
    }
    byte[] last = splitter.rest();
    if (last.length > 0) {
      takeLast(last, file);
    }
  }

  private void take(byte[] note) throws CorruptLogException {
    try {
      chain.add(Checkpoint.parse(note));
      end += note.length;
    } catch (CorruptLogException e) {
      throw new CorruptLogException(NAME + " number " + (chain.size() + 1) + ": " + e.getMessage());
    }
  }

  /** The last note is whole if it verifies; else it was never told to anybody. */
  private void takeLast(byte[] note, LaneFile file) throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(note);
      checkpoint.note().require(signer.key());
    } catch (CorruptLogException | MalformedNoteException e) {
      if (NoteSplitter.whole(note)) {
        throw new CorruptLogException(NAME + ", the last one: " + e.getMessage());
      }
      file.truncate(end);
      return;
    }
    take(checkpoint.note().encoded());
  }
}
