package dev.enclave.auditlog.checkpoint;

import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.error.EnclaveException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Function;

/**
 * The file of a log's checkpoints, one signed note after the other, to which every process of the
 * log appends under its lock. Thread-safe.
 */
public final class CheckpointFile implements AutoCloseable {

  public static final String NAME = "checkpoints";

  /** Every other process of the log can be faster once when all of them end. */
  private static final int MOST_TRIES = 2 * LogFiles.MOST_LANES;

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  private final LogFiles files;
  private final LogLock.Taker lock;
  private final LogIdentity identity;
  private final CheckpointSigner signer;
  private final CheckpointChain chain;
  private boolean keysChecked;

  /** How many checkpoints there were when the newest of them had the signatures it needs. */
  private long verified;

  private long end;
  private boolean closed;

  public CheckpointFile(LogFiles files, LogLock.Taker lock, LogIdentity identity) {
    this.files = files;
    this.lock = lock;
    this.identity = identity;
    this.signer = new CheckpointSigner(identity);
    this.chain = new CheckpointChain(identity.key().name());
  }

  public CheckpointSigner signer() {
    return signer;
  }

  /** The head of the newest checkpoint. */
  public synchronized LogHead head() throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held;
        LaneFile file = files.open(NAME)) {
      refresh(file, held);
      return chain.head();
    }
  }

  /** The public keys of the log. */
  public synchronized VerifierKeys verifierKeys() throws IOException {
    return new VerifierKeys(identity.key(), head().countersigner().map(Countersigner::key));
  }

  /**
   * When checkpoints were made, and so records five minutes before at most: one for each hour in
   * which there are any.
   */
  public synchronized NavigableSet<Instant> times() throws IOException {
    head();
    return chain.times();
  }

  /** The newest checkpoint. */
  public synchronized Optional<Checkpoint> newest() throws IOException {
    head();
    return chain.newest();
  }

  /**
   * Appends a checkpoint that commits to more of a lane, and to the others as they were. It names
   * the countersigner if the log has none and the backend offers one; if that fails, the checkpoint
   * is made without.
   *
   * @param head all of it on the disk for good
   * @param removedTo up to which record of the lane there may be none from now on; 0 if none went
   * @return the newest checkpoint; no new one is made if it would say nothing new
   * @throws EnclaveException when the log has named a countersigner and the backend does not sign
   */
  public Checkpoint append(Instant at, int lane, LaneHead head, long removedTo) throws IOException {
    return appendNaming(
        at,
        before -> {
          boolean known = before.lane(lane).equals(head) || before.lane(lane).size() > head.size();
          return known && before.removed(lane) >= removedTo
              ? Optional.empty()
              : Optional.of(before.with(at, lane, head, removedTo));
        });
  }

  /**
   * As {@link #append(Instant, int, LaneHead, long)}, a checkpoint that states a retention, unless
   * that is the one that was stated last.
   */
  Checkpoint append(Instant at, Duration retention) throws IOException {
    return appendNaming(at, before -> before.with(at, retention));
  }

  private Checkpoint appendNaming(Instant at, Function<LogHead, Optional<LogHead>> change)
      throws IOException {
    if (knownCountersigner().isEmpty()) {
      try {
        Optional<Countersigner> offered = signer.offer(identity.key().name());
        if (offered.isPresent()) {
          return append(
              before -> {
                Optional<LogHead> named = before.with(at, offered.get());
                return change.apply(named.orElse(before)).or(() -> named);
              });
        }
      } catch (EnclaveException e) {
        LOG.log(
            System.Logger.Level.DEBUG,
            Texts.NO_COUNTERSIGNER_YET.with(String.valueOf(e.getMessage())));
      }
    }
    return append(change);
  }

  /**
   * Has the countersigner named that the backend offers, if there is none yet, by a checkpoint that
   * says nothing else; and sees that the backend has the key that is named.
   *
   * @throws EnclaveException when the backend does not do what it is asked
   */
  public void settleCountersigner(Instant at) throws IOException {
    Optional<Countersigner> offered =
        head().countersigner().isPresent() ? Optional.empty() : signer.offer(identity.key().name());
    if (offered.isPresent()) {
      append(before -> before.with(at, offered.get()));
    }
    // Another process may have been faster, and named another.
    Optional<Countersigner> named = knownCountersigner();
    if (named.isPresent() && !named.equals(offered)) {
      signer.require(named.get());
    }
  }

  private synchronized Optional<Countersigner> knownCountersigner() {
    return chain.head().countersigner();
  }

  private Checkpoint append(Function<LogHead, Optional<LogHead>> change) throws IOException {
    for (int i = 0; i < MOST_TRIES; i++) {
      Draft draft = draft(change);
      if (draft.made().isPresent()) {
        return draft.made().get();
      }
      // Signed under no lock: a backend may take its time, and others go on.
      Optional<Checkpoint> made = write(draft, signer.sign(draft.text(), draft.countersigner()));
      if (made.isPresent()) {
        return made.get();
      }
    }
    throw new IOException("other processes have made checkpoints all the time");
  }

  /**
   * What would be signed.
   *
   * @param size how many checkpoints it goes on from
   * @param text of the checkpoint
   * @param countersigner whom it names
   * @param made the newest checkpoint, if nothing is to be signed
   */
  private record Draft(
      long size, String text, Optional<Countersigner> countersigner, Optional<Checkpoint> made) {}

  private synchronized Draft draft(Function<LogHead, Optional<LogHead>> change) throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held;
        LaneFile file = files.open(NAME)) {
      refresh(file, held);
      LogHead before = chain.head();
      Optional<LogHead> next = change.apply(before);
      if (chain.newest().isPresent() && next.isEmpty()) {
        file.force();
        return new Draft(chain.size(), "", Optional.empty(), chain.newest());
      }
      LogHead after = next.orElse(before);
      return new Draft(chain.size(), chain.next(after), after.countersigner(), Optional.empty());
    }
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
      boolean first = chain.head().countersigner().isEmpty();
      chain.add(made);
      verified = chain.size();
      end += encoded.length;
      if (first && draft.countersigner().isPresent()) {
        LogIdentity.publish(files, draft.countersigner().get().key());
      }
      return Optional.of(made);
    }
  }

  /** Forgets the key, and writes nothing that is signed later. */
  @Override
  public synchronized void close() {
    closed = true;
    identity.close();
  }

  /** Reads what other processes have appended; a crash may have torn the last. */
  private void refresh(LaneFile file, LogLock.AutoCloseableLock held) throws IOException {
    long size = file.size();
    if (size < end) {
      throw new CorruptLogException(Texts.FILE_SHORTER.with(NAME));
    }
    NoteSplitter splitter = NoteSplitter.read(file, end, size, this::take);
    byte[] last = splitter.lines();
    if (last.length > 0) {
      takeLast(last, splitter.cut());
    }
    requireVerified();
    if (end < file.size()) {
      held.require();
      file.truncate(end);
    }
    if (!keysChecked) {
      checkKeys(file, held);
      keysChecked = true;
    }
  }

  /** The newest commits to all before it, whose signatures need not be checked one by one. */
  private void requireVerified() throws IOException {
    Optional<Checkpoint> newest = chain.newest();
    if (newest.isEmpty() || chain.size() == verified) {
      return;
    }
    try {
      signatures().require(newest.get());
    } catch (CorruptLogException | MalformedNoteException e) {
      throw new CorruptLogException(
          Texts.NUMBERED.with(NAME, chain.size(), String.valueOf(e.getMessage())));
    }
    verified = chain.size();
  }

  private SignatureCheck signatures() {
    return SignatureCheck.of(new VerifierKeys(identity.key(), Optional.empty()));
  }

  /** The public keys say what the checkpoints say; a crash may have kept them from being told. */
  private void checkKeys(LaneFile file, LogLock.AutoCloseableLock held) throws IOException {
    VerifierKeys published = LogIdentity.verifier(files);
    Optional<Countersigner> named = chain.head().countersigner();
    SignatureCheck.of(published).requireNamed(chain.head());
    if (published.countersigner().isPresent()
        && !published.countersigner().equals(named.map(Countersigner::key))) {
      throw new CorruptLogException(Texts.ANOTHER_COUNTERSIGNER.with(LogIdentity.PUBLIC));
    }
    if (named.isPresent() && published.countersigner().isEmpty()) {
      // Whoever wrote the checkpoint may have been stopped before it was on the disk for good.
      file.force();
      files.force();
      held.require();
      LogIdentity.publish(files, named.get().key());
    }
  }

  private void take(byte[] note) throws CorruptLogException {
    try {
      chain.add(Checkpoint.parse(note, chain.head().countersigner()));
      end += note.length;
    } catch (CorruptLogException e) {
      throw new CorruptLogException(
          Texts.NUMBERED.with(NAME, chain.size() + 1, String.valueOf(e.getMessage())));
    }
  }

  /**
   * The last note is whole if it verifies; else it was never told to anybody, and is left.
   *
   * @param cut whether a line without its end follows
   */
  private void takeLast(byte[] note, boolean cut) throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(note, chain.head().countersigner());
      if (!checkpoint.complete()) {
        LOG.log(System.Logger.Level.WARNING, Texts.LAST_CHECKPOINT_REMOVED.with());
        return;
      }
      signatures().require(checkpoint);
    } catch (CorruptLogException | MalformedNoteException e) {
      if (!cut && NoteSplitter.whole(note)) {
        throw new CorruptLogException(
            Texts.THE_LAST_ONE.with(NAME, String.valueOf(e.getMessage())));
      }
      return;
    }
    take(checkpoint.note().encoded());
    verified = chain.size();
  }
}
