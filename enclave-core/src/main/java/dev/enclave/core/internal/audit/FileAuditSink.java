package dev.enclave.core.internal.audit;

import dev.enclave.core.internal.environment.SystemTime;
import dev.enclave.core.internal.note.VerifierKey;
import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditSink;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private final Path directory;
  private final int number;
  private final TimeSource time;
  private final LaneClaim claim;
  private final QueuedLane lane;
  private final KeySource key;
  private final CheckpointFile checkpoints;
  private final Retention retention;
  private final Optional<String> shortened;
  private boolean closed;

  private FileAuditSink(
      Path directory,
      int number,
      TimeSource time,
      LaneClaim claim,
      QueuedLane lane,
      KeySource key,
      CheckpointFile checkpoints,
      Retention retention,
      Optional<String> shortened) {
    this.directory = directory;
    this.number = number;
    this.time = time;
    this.claim = claim;
    this.lane = lane;
    this.key = key;
    this.checkpoints = checkpoints;
    this.retention = retention;
    this.shortened = shortened;
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
    for (int number = 0; number < MOST_LANES; number++) {
      Optional<LaneClaim> claim = LaneClaim.tryTake(directory, claimName(number));
      if (claim.isPresent()) {
        return over(directory, claim.get(), number, settings, later);
      }
    }
    throw new IOException("all " + MOST_LANES + " lanes are in use by running processes");
  }

  static void makeDirectory(Path directory) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new IOException(directory + " is not a directory");
    }
    Files.createDirectories(directory, OwnerOnly.directory());
    OwnerOnly.requireNotWritableByOthers(directory);
  }

  static String claimName(int lane) {
    return "lane-" + lane + ".lock";
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

  private static FileAuditSink over(
      Path directory, LaneClaim claim, int number, AuditLogSettings settings, boolean later)
      throws IOException {
    try {
      LogFiles files = new DiskLogFiles(directory);
      KeySource key = key(files, lock(directory), settings, later);
      CheckpointFile checkpoints = new CheckpointFile(files, lock(directory), key);
      try {
        Retention retention = new Retention(files, settings.time(), settings.retention());
        Optional<String> shortened = checkpoints.newest().flatMap(retention::shortens);
        QueuedLane queued = start(files, checkpoints, number, settings, retention);
        FileAuditSink sink =
            new FileAuditSink(
                directory.toRealPath(),
                number,
                settings.time(),
                claim,
                queued,
                key,
                checkpoints,
                retention,
                shortened);
        OpenSinks.add(sink);
        return sink;
      } catch (IOException | RuntimeException e) {
        checkpoints.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      claim.close();
      throw e;
    }
  }

  static QueuedLane start(
      LogFiles files,
      CheckpointFile checkpoints,
      int number,
      AuditLogSettings settings,
      Retention retention)
      throws IOException {
    LaneHead head = checkpoints.head().lane(number);
    AuditLane lane = AuditLane.open(files, number, settings.segmentBytes(), head);
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

  /**
   * From what to what the settings shorten the retention that the log's checkpoints have stated, if
   * they do.
   */
  public Optional<String> shortenedRetention() {
    return shortened;
  }

  /** From now on old records are removed. Nothing is, before whoever opened the log says so. */
  public void beginRetention() {
    retention.begin();
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
        lane.nudge();
      }
    }
  }

  /** Gives a log that has no checkpoint key one that lies beside it. */
  public void keepLocally() throws IOException {
    if (key instanceof LateKey late) {
      late.keepLocally();
      lane.nudge();
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
    LaneHead forced = lane.forced();
    if (forced.size() > 0) {
      checkpoints.append(time.now(), number, forced, 0);
    }
  }

  static Path file(Path directory, int number) {
    return directory.resolve(new Segment(number, 1).name());
  }

  Path directory() {
    return directory;
  }

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    lane.append(event, durability);
  }

  /** Returns when the files show what was accepted before. */
  void flush() throws IOException {
    lane.flush();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException when something accepted could not be written; it is lost
   */
  @Override
  public synchronized void close() throws IOException {
    // Once: a second time the claim might be somebody else's.
    if (!closed) {
      closed = true;
      OpenSinks.remove(this);
      if (key instanceof LateKey late) {
        late.makeNoMore();
      }
      // The claim goes last, when nothing is written any more.
      try (claim;
          checkpoints) {
        lane.close();
      } finally {
        lane.abandon();
      }
    }
  }
}
