package dev.enclave.core.internal.audit;

import dev.enclave.core.internal.note.MalformedNoteException;
import dev.enclave.core.internal.note.NoteSigner;
import dev.enclave.core.internal.note.SignedNote;
import dev.enclave.core.internal.note.VerifierKey;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file of a log's checkpoints, one signed note after the other, to which every process of the
 * log appends under its lock. Thread-safe.
 */
final class CheckpointFile implements AutoCloseable {

  static final String NAME = "checkpoints";

  private static final int CHUNK = 1 << 16;

  /** Every other process of the log can be faster once when all of them end. */
  private static final int MOST_TRIES = 2 * FileAuditSink.MOST_LANES;

  private final LogFiles files;
  private final LogLock.Taker lock;
  private final KeySource key;
  // Of a log whose key is not decided there are none, and it has no name yet.
  private CheckpointChain chain = new CheckpointChain("");
  private @Nullable VerifierKey verifier;
  private long end;
  private boolean closed;

  CheckpointFile(LogFiles files, LogLock.Taker lock, NoteSigner signer) {
    this(files, lock, KeySource.of(signer));
  }

  CheckpointFile(LogFiles files, LogLock.Taker lock, KeySource key) {
    this.files = files;
    this.lock = lock;
    this.key = key;
  }

  /** The head of the newest checkpoint. */
  synchronized LogHead head() throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held;
        LaneFile file = files.open(NAME)) {
      refresh(file, held);
      return chain.head();
    }
  }

  /** The public half of the key, once that is decided. */
  synchronized Optional<VerifierKey> verifierKey() throws IOException {
    head();
    return Optional.ofNullable(verifier);
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
  Checkpoint append(Instant at, int lane, LaneHead head, long removedTo) throws IOException {
    for (int i = 0; i < MOST_TRIES; i++) {
      Draft draft = draft(at, lane, head, removedTo);
      if (draft.made().isPresent()) {
        return draft.made().get();
      }
      // Signed under no lock: a backend may take its time, and others go on.
      NoteSigner signer = key.signer();
      if (draft.named()) {
        Optional<Checkpoint> made = write(draft, signed(draft.text(), signer));
        if (made.isPresent()) {
          return made.get();
        }
      }
    }
    throw new IOException("other processes have made checkpoints all the time");
  }

  /**
   * What would be signed.
   *
   * @param named whether the log had its name, without which the text is none
   * @param size how many checkpoints it goes on from
   * @param text of the checkpoint
   * @param made the newest checkpoint, if nothing is to be signed
   */
  private record Draft(boolean named, long size, String text, Optional<Checkpoint> made) {}

  private synchronized Draft draft(Instant at, int lane, LaneHead head, long removedTo)
      throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held;
        LaneFile file = files.open(NAME)) {
      refresh(file, held);
      LogHead before = chain.head();
      boolean known = before.lane(lane).equals(head) || before.lane(lane).size() > head.size();
      if (chain.newest().isPresent() && known && before.removed(lane) >= removedTo) {
        file.force();
        return new Draft(true, chain.size(), "", chain.newest());
      }
      String text = chain.next(before.with(at, lane, head, removedTo));
      return new Draft(verifier != null, chain.size(), text, Optional.empty());
    }
  }

  /** A signature that the public key does not verify goes nowhere. */
  private static SignedNote signed(String text, NoteSigner signer) throws IOException {
    SignedNote note = SignedNote.sign(text, signer);
    try {
      note.require(signer.key());
    } catch (MalformedNoteException e) {
      throw new IOException(
          "whoever holds the key gave a signature that does not verify, which is withheld");
    }
    return note;
  }

  /** Writes it, unless another process has written one meanwhile. */
  private synchronized Optional<Checkpoint> write(Draft draft, SignedNote note) throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held;
        LaneFile file = files.open(NAME)) {
      if (closed) {
        throw new IOException("the audit log has been closed");
      }
      refresh(file, held);
      if (chain.size() != draft.size()) {
        return Optional.empty();
      }
      byte[] encoded = note.encoded();
      held.require();
      file.write(end, encoded, encoded.length);
      file.force();
      if (end == 0) {
        files.force();
      }
      held.require();
      Checkpoint made = Checkpoint.of(note);
      chain.add(made);
      end += encoded.length;
      return Optional.of(made);
    }
  }

  /** Forgets the key, and writes nothing that is signed later. */
  @Override
  public synchronized void close() {
    closed = true;
    key.close();
  }

  /** Reads what other processes have appended; a crash may have torn the last. */
  private void refresh(LaneFile file, LogLock.AutoCloseableLock held) throws IOException {
    if (verifier == null) {
      Optional<VerifierKey> known = key.verifier();
      if (known.isEmpty()) {
        return;
      }
      verifier = known.get();
      chain = new CheckpointChain(verifier.name());
    }
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
      takeLast(last, file, verifier, held);
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
  private void takeLast(byte[] note, LaneFile file, VerifierKey by, LogLock.AutoCloseableLock held)
      throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(note);
      checkpoint.note().require(by);
    } catch (CorruptLogException | MalformedNoteException e) {
      if (NoteSplitter.whole(note)) {
        throw new CorruptLogException(NAME + ", the last one: " + e.getMessage());
      }
      held.require();
      file.truncate(end);
      return;
    }
    take(checkpoint.note().encoded());
  }
}
