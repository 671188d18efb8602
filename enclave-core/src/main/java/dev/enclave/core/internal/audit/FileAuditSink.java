package dev.enclave.core.internal.audit;

import dev.enclave.core.internal.environment.SystemTime;
import dev.enclave.core.internal.note.VerifierKey;
import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes hash-chained records to a directory: one lane (file) per concurrent process, reused by the
 * next. A thread of its own writes them in batches: a {@code BUFFERED} event costs its thread a
 * place in a queue of 4096, a {@code DURABLE} one the wait for an fsync it shares with others.
 *
 * <p>A full queue makes its threads wait. After a failed write, every event waits for its own write
 * and is refused with an {@link IOException} if that fails too; a refused event is not written
 * later. What was accepted before is kept and written as soon as that works. An interrupt ends the
 * wait for room in the queue, by an {@link java.io.InterruptedIOException}, and no other wait; the
 * thread's interrupt status is kept. Thread-safe.
 */
public final class FileAuditSink implements AuditSink {

  static final int MOST_LANES = 64;

  private static final int MOST_REOPENINGS = 4;

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  private final Path directory;
  private final AuditLogSettings settings;
  private final KeySource key;
  private final CheckpointFile checkpoints;
  private volatile ClaimedLane lane;
  private boolean closed;

  private FileAuditSink(
      Path directory,
      AuditLogSettings settings,
      KeySource key,
      CheckpointFile checkpoints,
      ClaimedLane lane) {
    this.directory = directory;
    this.settings = settings;
    this.key = key;
    this.checkpoints = checkpoints;
    this.lane = lane;
  }

  /** As {@link #open(Path, AuditLogSettings)}, by default. */
  static FileAuditSink open(Path directory) throws IOException {
    return open(directory, AuditLogSettings.defaults());
  }

  /**
   * Opens the first free lane of {@code directory}, which is made (0700) if missing, as are the
   * log's name and its checkpoint key.
   *
   * @throws CorruptLogException when the log is not what its checkpoints say
   * @throws IOException when it cannot be written, or all lanes are taken
   */
  public static FileAuditSink open(Path directory, AuditLogSettings settings) throws IOException {
    return open(directory, settings, false);
  }

  /**
   * As {@link #open(Path, AuditLogSettings)}.
   *
   * @param later whether a log that has no checkpoint key yet gets it by {@link #keptBy} or {@link
   *     #keepLocally}, and not now
   */
  public static FileAuditSink open(Path directory, AuditLogSettings settings, boolean later)
      throws IOException {
    makeDirectory(directory);
    Path real = directory.toRealPath();
    LogFiles files = new DiskLogFiles(real);
    KeySource key = key(files, lock(real), settings, later);
    CheckpointFile checkpoints = new CheckpointFile(files, lock(real), key);
    try {
      ClaimedLane lane = ClaimedLane.open(real, checkpoints, settings);
      FileAuditSink sink = new FileAuditSink(real, settings, key, checkpoints, lane);
      OpenSinks.add(sink);
      return sink;
    } catch (IOException | RuntimeException e) {
      checkpoints.close();
      throw e;
    }
  }

  static void makeDirectory(Path directory) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new IOException(directory + " is not a directory");
    }
    Files.createDirectories(directory, OwnerOnly.directory());
    OwnerOnly.requireNotWritableByOthers(directory);
  }

  /**
   * What would keep {@link #open} from working, as far as that can be told without writing.
   *
   * @return what is wrong; empty if nothing is seen
   */
  public static Optional<String> obstacle(Path directory) {
    Path nearest = directory;
    while (nearest.getParent() != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (!Files.isDirectory(nearest)) {
      return Optional.of(nearest + " is not a directory");
    }
    if (!Files.isWritable(nearest) || !Files.isExecutable(nearest)) {
      return Optional.of(nearest + " may not be written by this user");
    }
    try {
      if (nearest.equals(directory)) {
        OwnerOnly.requireNotWritableByOthers(directory);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(Reasons.of(e));
    }
  }

  static QueuedLane start(
      LogFiles files, CheckpointFile checkpoints, int number, AuditLogSettings settings)
      throws IOException {
    LaneHead head = checkpoints.head().lane(number);
    AuditLane lane = AuditLane.open(files, number, settings.segmentBytes(), head);
    Retention retention = new Retention(files, settings.time(), settings.retention());
    LaneCheckpointer checkpointer =
        new LaneCheckpointer(checkpoints, number, settings.time(), retention, head.size());
    // The machine's own clock: one that an application stops must not keep records off the disk.
    return QueuedLane.start(
        "lane-" + number,
        lane,
        QueuedLane.CAPACITY,
        System::nanoTime,
        checkpointer.start(lane.size()));
  }

  static CheckpointFile checkpoints(Path directory, LogFiles files, AuditLogSettings settings)
      throws IOException {
    LogLock.Taker lock = lock(directory);
    return new CheckpointFile(files, lock, key(files, lock, settings, false));
  }

  private static LogLock.Taker lock(Path directory) {
    return () -> LogLock.take(directory, new SystemTime());
  }

  static KeySource key(LogFiles files, LogLock.Taker lock, AuditLogSettings settings, boolean later)
      throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held) {
      Optional<VerifierKey> recorded = LogIdentity.settled(files);
      boolean late =
          recorded.isPresent() ? HeldKeyFile.read(files, recorded.get()).isPresent() : later;
      return late
          ? new LateKey(files, lock, settings.random())
          : KeySource.of(LogIdentity.openOrMake(files, settings.random()));
    }
  }

  /** Whether the key lies beside the log, or will: no backend is needed. */
  public boolean keyIsLocal() {
    return !(key instanceof LateKey);
  }

  /** The key of a backend, if the log has one. */
  public Optional<HeldKey> heldKey() throws IOException {
    Optional<VerifierKey> known = checkpoints.verifierKey();
    return known.isPresent()
        ? HeldKeyFile.read(new DiskLogFiles(directory), known.get())
        : Optional.empty();
  }

  /**
   * Gives the log whoever holds its checkpoint key. If that one cannot answer now it is asked again
   * for every checkpoint.
   *
   * @throws dev.enclave.EnclaveException what the keeper says
   * @throws IOException when the log cannot be read or written
   */
  public void keptBy(KeyKeeper keeper) throws IOException {
    if (key instanceof LateKey late) {
      try {
        late.keptBy(keeper);
      } finally {
        lane.queue().nudge();
      }
    }
  }

  /** Gives a log that has no checkpoint key one that lies beside it. */
  public void keepLocally() throws IOException {
    if (key instanceof LateKey late) {
      late.keepLocally();
      lane.queue().nudge();
    }
  }

  /**
   * Returns if the checkpoint key can be asked to sign.
   *
   * @throws IOException why it cannot
   */
  void requireKey() throws IOException {
    key.signer();
  }

  CheckpointFile checkpoints() {
    return checkpoints;
  }

  /**
   * Returns when all that was accepted before is in a checkpoint.
   *
   * @throws IOException why it is not
   */
  void checkpoint() throws IOException {
    ClaimedLane now = lane;
    LaneHead forced = now.queue().forced();
    if (forced.size() > 0) {
      checkpoints.append(settings.time().now(), now.number(), forced, 0);
    }
  }

  static Path file(Path directory, int number) {
    return directory.resolve(new Segment(number, 1).name());
  }

  Path directory() {
    return directory;
  }

  /** The lane it writes. */
  int lane() {
    return lane.number();
  }

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    for (int left = MOST_REOPENINGS; ; left--) {
      ClaimedLane used = lane;
      try {
        (used.lost() ? after(used) : used).queue().append(event, durability);
        return;
      } catch (IOException e) {
        if (!used.lost() || left == 0 || e instanceof CorruptLogException) {
          throw e;
        }
      }
    }
  }

  /** The lane that is written instead of one whose claim was lost. */
  private synchronized ClaimedLane after(ClaimedLane used) throws IOException {
    if (closed) {
      throw new IOException("the audit log has been closed");
    }
    if (lane.equals(used)) {
      lane = reopened(used);
    }
    return lane;
  }

  /**
   * Claims a lane and opens it, as at the start: nothing that was in memory of the lost one is
   * relied on. What it had accepted is written first.
   */
  private ClaimedLane reopened(ClaimedLane used) throws IOException {
    List<AuditEvent> accepted = used.surrender();
    ClaimedLane next = ClaimedLane.open(directory, checkpoints, settings);
    try {
      for (AuditEvent event : accepted) {
        next.queue().append(event, Durability.BUFFERED);
      }
    } catch (IOException | RuntimeException e) {
      next.close();
      throw e;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "The lock file of lane {0} of the audit log in {1} was deleted, replaced or opened by"
            + " somebody else. Records go on in lane {2}. Leave lock files alone while a process"
            + " runs.",
        used.number(),
        directory,
        next.number());
    return next;
  }

  /** Returns when the files show what was accepted before. */
  void flush() throws IOException {
    lane.queue().flush();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException when something accepted could not be written; it is lost
   */
  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      OpenSinks.remove(this);
      if (key instanceof LateKey late) {
        late.makeNoMore();
      }
      try (checkpoints) {
        closeLane();
      }
    }
  }

  private void closeLane() throws IOException {
    ClaimedLane last = lane;
    try {
      last.close();
    } catch (IOException e) {
      if (!last.lost()) {
        throw e;
      }
      reopened(last).close();
    }
  }
}
