package dev.enclave.auditlog.write;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.checkpoint.Checkpoint;
import dev.enclave.auditlog.checkpoint.CheckpointFile;
import dev.enclave.auditlog.checkpoint.CheckpointThread;
import dev.enclave.auditlog.checkpoint.Countersigner;
import dev.enclave.auditlog.checkpoint.CountersigningBackend;
import dev.enclave.auditlog.checkpoint.LogIdentity;
import dev.enclave.auditlog.checkpoint.Retention;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LaneHead;
import dev.enclave.auditlog.file.LogClaims;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.file.LogLock;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.Reasons;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.claim.FileClaim;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

  private static final int MOST_REOPENINGS = 4;

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  /**
   * Those that are open, so that a reader finds in the log what this process has written. Those of
   * another copy of the library in the same JVM are to this one as those of another process.
   */
  private static final Set<FileAuditSink> OPEN = ConcurrentHashMap.newKeySet();

  /** A lane that this process has claimed, and what removes its old segments. */
  private record Lane(int number, FileClaim claim, LaneWriter writer, Retention retention)
      implements AutoCloseable {

    /** Ends it, and returns what was accepted and could not be written. */
    List<AuditEvent> surrender() throws IOException {
      try (claim) {
        return writer.surrender();
      } finally {
        writer.abandon();
      }
    }

    @Override
    public void close() throws IOException {
      // The claim goes last, when nothing is written any more.
      try (claim) {
        writer.close();
      }
    }
  }

  private final Path directory;
  private final AuditLogSettings settings;
  private final LogLock lock;
  private final CheckpointFile checkpoints;
  private final boolean foundUnsigned;
  private final Optional<String> shortened;
  private volatile Lane lane;
  private boolean closed;

  private FileAuditSink(
      Path directory,
      AuditLogSettings settings,
      LogLock lock,
      CheckpointFile checkpoints,
      Lane lane,
      boolean foundUnsigned,
      Optional<String> shortened) {
    this.directory = directory;
    this.settings = settings;
    this.lock = lock;
    this.checkpoints = checkpoints;
    this.lane = lane;
    this.foundUnsigned = foundUnsigned;
    this.shortened = shortened;
  }

  /**
   * Opens the first free lane of {@code directory}, which is made (0700) if missing, as are the
   * log's name and its own key.
   *
   * @throws CorruptLogException when the log is not what its checkpoints say
   * @throws IOException when it cannot be written, or all lanes are taken
   */
  public static FileAuditSink open(Path directory, AuditLogSettings settings) throws IOException {
    LogDirectory.make(directory);
    Path real = directory.toRealPath();
    LogFiles files = new DiskLogFiles(real);
    LogLock lock = new LogLock(real, settings.machine());
    CheckpointFile checkpoints = checkpoints(lock::take, files, settings);
    try {
      Optional<Checkpoint> newest = checkpoints.newest();
      boolean foundUnsigned = newest.isEmpty() && anyRecord(files);
      Lane lane = claimed(real, checkpoints, settings);
      FileAuditSink sink =
          new FileAuditSink(
              real,
              settings,
              lock,
              checkpoints,
              lane,
              foundUnsigned,
              newest.flatMap(lane.retention()::shortens));
      OPEN.add(sink);
      return sink;
    } catch (IOException | RuntimeException e) {
      checkpoints.close();
      throw e;
    }
  }

  private static boolean anyRecord(LogFiles files) throws IOException {
    for (Segment segment : Segment.all(files.names()).toList()) {
      try (LaneFile file = files.openToRead(segment.name())) {
        if (file.size() > 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Claims the first free lane and opens it. */
  private static Lane claimed(Path directory, CheckpointFile checkpoints, AuditLogSettings settings)
      throws IOException {
    // Only at last those whose lock file was deleted: somebody may still be at one of them.
    for (boolean any : new boolean[] {false, true}) {
      for (int number = 0; number < LogFiles.MOST_LANES; number++) {
        Optional<FileClaim> claim =
            any ? LogClaims.tryAnyLane(directory, number) : LogClaims.tryLane(directory, number);
        if (claim.isPresent()) {
          return opened(number, claim.get(), directory, checkpoints, settings);
        }
      }
    }
    throw new IOException("all " + LogFiles.MOST_LANES + " lanes are in use by running processes");
  }

  private static Lane opened(
      int number,
      FileClaim claim,
      Path directory,
      CheckpointFile checkpoints,
      AuditLogSettings settings)
      throws IOException {
    try {
      LogFiles files = new DiskLogFiles(directory, Optional.of(claim));
      Retention retention = new Retention(files, settings.time(), settings.retention());
      LaneWriter writer = start(files, checkpoints, number, settings, retention);
      return new Lane(number, claim, writer, retention);
    } catch (IOException | RuntimeException e) {
      claim.close();
      throw e;
    }
  }

  static LaneWriter start(
      LogFiles files,
      CheckpointFile checkpoints,
      int number,
      AuditLogSettings settings,
      Retention retention)
      throws IOException {
    LaneHead head = checkpoints.head().lane(number);
    AuditLane lane = AuditLane.open(files, number, settings.segmentBytes(), head);
    CheckpointThread maker =
        new CheckpointThread(
            "lane-" + number,
            forced -> {
              checkpoints.append(settings.time().now(), number, forced, 0);
              retention.apply(checkpoints, number, forced);
            });
    return LaneWriter.start(
        "lane-" + number, lane, settings.machine()::nanoTime, maker, head.size());
  }

  public static CheckpointFile checkpoints(
      LogLock.Taker lock, LogFiles files, AuditLogSettings settings) throws IOException {
    LogLock.AutoCloseableLock held = lock.take();
    try (held) {
      return new CheckpointFile(files, lock, LogIdentity.openOrMake(files, settings.random()));
    }
  }

  /**
   * From what to what the settings shorten the retention that the log's checkpoints have stated, if
   * they do.
   */
  public Optional<String> shortenedRetention() {
    return shortened;
  }

  /**
   * The start of which this log is a part is over: operations rely on it, and wait for a slow
   * process for a second, no longer for ten.
   */
  public void started() {
    lock.started();
  }

  /** From now on old records are removed. Nothing is, before whoever opened the log says so. */
  public synchronized void beginRetention() {
    lane.retention().begin();
  }

  /** The key of a backend that signs the checkpoints too, if the log has named one. */
  public Optional<Countersigner> countersigner() throws IOException {
    return checkpoints.head().countersigner();
  }

  /** Whether there were records and no checkpoint at all when the log was opened. */
  public boolean foundUnsigned() {
    return foundUnsigned;
  }

  /** How many checkpoints there have been. */
  public long checkpointCount() throws IOException {
    return checkpoints.newest().map(Checkpoint::size).orElse(0L);
  }

  /**
   * Has the checkpoints countersigned by this backend, from the first on that it answers for. A log
   * that names a countersigner gets no checkpoint without.
   */
  public void countersignedBy(CountersigningBackend backend) {
    countersignedBy(backend, true);
  }

  /**
   * As {@link #countersignedBy(CountersigningBackend)}, once another process has named a
   * countersigner; the backend is offered to nobody.
   */
  public void countersignedIfNamedBy(CountersigningBackend backend) {
    countersignedBy(backend, false);
  }

  private void countersignedBy(CountersigningBackend backend, boolean mayName) {
    checkpoints.signer().use(backend, mayName);
    lane.writer().nudge();
  }

  /**
   * Has the countersigner named that the backend offers, if there is none yet, and sees that the
   * backend has the key that is named.
   *
   * @throws dev.enclave.error.EnclaveException when the backend does not do what it is asked
   * @throws IOException when the log cannot be read or written
   */
  public void settleCountersigner() throws IOException {
    checkpoints.settleCountersigner(settings.time().now());
  }

  /** Names no countersigner any more; one that is named goes on signing. */
  public void nameNoCountersigner() {
    checkpoints.signer().offerNone();
  }

  public CheckpointFile checkpoints() {
    return checkpoints;
  }

  /**
   * Returns when all that was accepted before is in a checkpoint.
   *
   * @throws IOException why it is not
   */
  public void checkpoint() throws IOException {
    Lane now = lane;
    LaneHead forced = now.writer().forced();
    if (forced.size() > 0) {
      checkpoints.append(settings.time().now(), now.number(), forced, 0);
    }
  }

  /**
   * As {@link #checkpoint()}, right after the record of a start, so that no lane is without a
   * checkpoint. One that fails is logged, and made when the next is due.
   */
  public void checkpointStart() {
    try {
      checkpoint();
    } catch (IOException | EnclaveException e) {
      LOG.log(System.Logger.Level.WARNING, Texts.NO_CHECKPOINT_OF_START.with(Reasons.of(e)));
    }
  }

  Path directory() {
    return directory;
  }

  /** The lane it writes. */
  int lane() {
    return lane.number();
  }

  @Override
  public boolean keepsRecords() {
    return true;
  }

  @Override
  public boolean hasPublicKey(
      BackendId backend, String authority, KeyName key, KeyVersionId version) throws IOException {
    return new PublicKeySearch(backend, authority, key, version).in(directory);
  }

  /** A reading of all its files for the versions that were destroyed. */
  public DestroyedRecords destroyed() throws IOException {
    return new DestroyedRecords(directory);
  }

  @Override
  public Collection<Instant> timesOfRecords(Instant from) throws IOException {
    return checkpoints.times().tailSet(from);
  }

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    for (int left = MOST_REOPENINGS; ; left--) {
      Lane used = lane;
      try {
        (used.claim().lost() ? after(used) : used).writer().append(event, durability);
        return;
      } catch (IOException e) {
        if (!used.claim().lost() || left == 0 || e instanceof CorruptLogException) {
          throw e;
        }
      }
    }
  }

  /** The lane that is written instead of one whose claim was lost. */
  private synchronized Lane after(Lane used) throws IOException {
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
  private Lane reopened(Lane used) throws IOException {
    List<AuditEvent> accepted = used.surrender();
    Lane next = claimed(directory, checkpoints, settings);
    if (used.retention().begun()) {
      next.retention().begin();
    }
    try {
      for (AuditEvent event : accepted) {
        next.writer().append(event, Durability.BUFFERED);
      }
    } catch (IOException | RuntimeException e) {
      try (next) {
        throw e;
      } finally {
        next.writer().abandon();
      }
    }
    LOG.log(
        System.Logger.Level.WARNING, Texts.LOCK_LOST.with(used.number(), directory, next.number()));
    return next;
  }

  /** Returns when the files show what was accepted before. */
  void flush() throws IOException {
    lane.writer().flush();
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
      OPEN.remove(this);
      // A new key would need a record.
      nameNoCountersigner();
      // No checkpoint is written any more when whoever keeps one waiting is interrupted.
      try (checkpoints) {
        closeLane();
      } finally {
        lane.writer().abandon();
      }
    }
  }

  private void closeLane() throws IOException {
    Lane last = lane;
    try {
      last.close();
    } catch (IOException e) {
      if (!last.claim().lost()) {
        throw e;
      }
      lane = reopened(last);
      lane.close();
    }
  }

  /** Hands to the operating system what the sinks of a directory have accepted so far. */
  public static void flush(Path directory) throws IOException {
    Path real = directory.toRealPath();
    for (FileAuditSink sink : OPEN) {
      if (sink.directory().equals(real)) {
        try {
          sink.flush();
        } catch (IOException e) {
          // What is in the files can be read all the same; who appends is told of the failure.
          LOG.log(System.Logger.Level.DEBUG, Texts.NOT_FLUSHED.with(Reasons.of(e)));
        }
      }
    }
  }
}
