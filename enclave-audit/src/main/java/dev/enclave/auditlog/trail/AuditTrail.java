package dev.enclave.auditlog.trail;

import dev.enclave.BackendId;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.records.RecordEncoder;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.auditlog.write.LostRecordsException;
import dev.enclave.crypto.Hashing;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Records every operation. A remote one twice: the intent is durable before the call, the outcome
 * before the result is released. A local one once. Thread-safe.
 */
public final class AuditTrail implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  /** As long as the longest operation takes. */
  private static final Duration PATIENCE_TO_CLOSE = Duration.ofSeconds(30);

  private static final Duration LOOK_AT_THE_CLOCK = Duration.ofMillis(50);

  /** Characters; ten times the longest public key, and twice a statement of succession. */
  static final int LONGEST_TEXT = 8_192;

  /** Characters of all details together; a log refuses a record of 160,000. */
  private static final int MOST_CHARS = 100_000;

  /** How many records before this one could not be written. */
  private static final String UNRECORDED = "unrecordedBefore";

  private static final int MOST_NAMED = 5;

  private final AuditSink sink;
  private final boolean required;
  private final TimeSource time;
  private final AtomicLong unrecorded = new AtomicLong();
  // Guards itself.
  private final List<AuditEvent> unrecordedNamed = new ArrayList<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  // Operations share the read lock, so that closing leaves no intent without its outcome.
  private final ReentrantReadWriteLock operations = new ReentrantReadWriteLock();
  private volatile @Nullable Begun begun;
  private volatile boolean closing;
  private volatile boolean closed;

  /**
   * @param required whether operations are refused when a record cannot be written
   */
  public AuditTrail(AuditSink sink, boolean required, TimeSource time) {
    this.sink = sink;
    this.required = required;
    this.time = time;
  }

  /**
   * What an operation is about.
   *
   * @param operation what
   * @param caller on whose behalf
   * @param key the key, if there is one
   * @param backend the backend, if there is one
   * @param remote whether the call leaves the process
   */
  public record Subject(
      Operation operation,
      String caller,
      Optional<KeyName> key,
      Optional<BackendId> backend,
      boolean remote) {}

  /** What an operation has asked its backend for so far. */
  public interface Trace {

    String operationId();

    /** How often the backend has been asked for something. */
    int attempts();

    /** Whether a change may or may not have been carried out. */
    boolean outcomeUnknown();

    /** The provider's id of the newest request. */
    Optional<String> providerRequestId();

    /** The provider's ids of the requests before the newest, oldest first. */
    List<String> earlierRequestIds();
  }

  /** A start that is in the log; {@code stopId} is the operation id of its end. */
  private record Begun(BackendId backend, String stopId) {}

  /** An operation under way. Used by one thread; ended exactly once, by closing at the latest. */
  public final class OperationRecord implements AutoCloseable {

    private final Subject subject;
    private final Trace trace;
    private final long startedNanos;
    private Optional<KeyVersionId> version = Optional.empty();
    private boolean underWay;
    private Result result = Result.PENDING;
    private Optional<ErrorCode> error = Optional.empty();
    private int attemptsBefore = Integer.MAX_VALUE;

    private OperationRecord(Subject subject, Trace trace) {
      this.subject = subject;
      this.trace = trace;
      this.startedNanos = time.nanoTime();
    }

    /** Names the version, once it is known. */
    public void version(KeyVersionId id) {
      this.version = Optional.of(id);
    }

    /** How the operation ended; {@code PENDING} until it has. */
    public Result result() {
      return result;
    }

    /** Why it failed, if it did. */
    public Optional<ErrorCode> error() {
      return error;
    }

    /** Records success; only when it returns may the result be released. */
    public void succeeded(Map<String, String> details) {
      end(Result.SUCCESS, Optional.empty(), details);
    }

    /** Records the failure, and gives back what is to be thrown: one of ours, whatever it was. */
    public EnclaveException failed(RuntimeException thrown) {
      EnclaveException failure = Unexpected.of(thrown);
      Result result = trace.outcomeUnknown() ? Result.UNKNOWN : resultOf(failure);
      try {
        end(result, Optional.of(failure.code()), Map.of());
      } catch (EnclaveException alsoUnwritten) {
        failure.addSuppressed(alsoUnwritten);
      }
      return failure;
    }

    /** Records that a signature was found not to be valid. */
    public void invalidSignature() {
      end(Result.FAILURE, Optional.empty(), Map.of());
    }

    /** Records an operation that neither succeeded nor failed in a way anybody foresaw. */
    @Override
    public void close() {
      if (underWay) {
        end(
            trace.outcomeUnknown() ? Result.UNKNOWN : Result.FAILURE,
            Optional.of(ErrorCode.INTERNAL),
            Map.of());
      }
    }

    /** Refused is what the backend was never asked to do; what it refuses itself has failed. */
    private Result resultOf(EnclaveException failure) {
      boolean asked = trace.attempts() > attemptsBefore;
      ErrorCategory category = failure.category();
      return !asked && (category == ErrorCategory.USAGE || category == ErrorCategory.POLICY)
          ? Result.REFUSED
          : Result.FAILURE;
    }

    private void begin(Map<String, String> archived) {
      enter();
      underWay = true;
      attemptsBefore = trace.attempts();
      if (subject.remote()) {
        try {
          AuditEvent intent =
              event(Phase.INTENT, Result.PENDING, Optional.empty(), Duration.ZERO, archived);
          write(intent, true, !archived.isEmpty());
        } catch (RuntimeException | Error unwritten) {
          leave();
          throw unwritten;
        }
      }
    }

    private void end(Result ended, Optional<ErrorCode> code, Map<String, String> details) {
      result = ended;
      error = code;
      try {
        write(outcome(ended, code, details), subject.remote(), false);
      } catch (EnclaveException unwritten) {
        if (ended == Result.SUCCESS) {
          // The result is not released.
          result = Result.FAILURE;
          error = Optional.of(unwritten.code());
        }
        throw unwritten;
      } finally {
        leave();
      }
    }

    private void leave() {
      if (underWay) {
        underWay = false;
        operations.readLock().unlock();
      }
    }

    private AuditEvent outcome(
        Result result, Optional<ErrorCode> code, Map<String, String> details) {
      return event(
          subject.remote() ? Phase.OUTCOME : Phase.SINGLE,
          result,
          code,
          Duration.ofNanos(time.nanoTime() - startedNanos),
          details);
    }

    private AuditEvent event(
        Phase phase,
        Result result,
        Optional<ErrorCode> code,
        Duration duration,
        Map<String, String> details) {
      return new AuditEvent(
          trace.operationId(),
          phase,
          time.now(),
          subject.operation(),
          subject.caller(),
          subject.key(),
          version,
          subject.backend(),
          result,
          code,
          // An intent has none; what was read before it is named by the outcome.
          phase == Phase.INTENT ? Optional.empty() : trace.providerRequestId(),
          duration,
          withUnrecorded(fit(phase == Phase.INTENT ? details : withEarlierRequests(details))));
    }

    private Map<String, String> withEarlierRequests(Map<String, String> details) {
      if (trace.earlierRequestIds().isEmpty()) {
        return details;
      }
      Map<String, String> more = new TreeMap<>(details);
      more.put("earlierRequestIds", String.join(" ", trace.earlierRequestIds()));
      return more;
    }
  }

  /** Begins an operation; for a remote one the intent is durable when this returns. */
  public OperationRecord begin(Subject subject, Trace trace) {
    return begin(subject, trace, null, Map.of());
  }

  /**
   * As {@link #begin(Subject, Trace)}, with the version that is about to be used, if one is.
   *
   * @param archived what the intent is to keep for good: of a remote operation it is in the log
   *     when this returns, whatever the policy is
   */
  public OperationRecord begin(
      Subject subject, Trace trace, @Nullable KeyVersionId version, Map<String, String> archived) {
    OperationRecord entry = new OperationRecord(subject, trace);
    if (version != null) {
      entry.version(version);
    }
    entry.begin(archived);
    return entry;
  }

  /**
   * The start of an Enclave on this backend has been recorded.
   *
   * @param stopId the operation id of its end
   */
  public void begun(BackendId backend, String stopId) {
    begun = new Begun(backend, stopId);
  }

  /** Whether what is recorded can be read again later. */
  public boolean keepsRecords() {
    return sink.keepsRecords();
  }

  /** Whether it has the public key of a version of a backend at {@code authority}. */
  public boolean hasPublicKey(
      BackendId backend, String authority, KeyName key, KeyVersionId version) {
    try {
      return sink.hasPublicKey(backend, authority, key, version);
    } catch (IOException e) {
      throw AuditTrouble.unread(ForeignText.said(e));
    }
  }

  /** As {@link AuditSink#timesOfRecords}; none where the records cannot be read. */
  public Collection<Instant> timesOfRecords(Instant from) {
    try {
      return sink.timesOfRecords(from);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, Texts.TIMES_UNREADABLE.with(ForeignText.said(e)));
      return List.of();
    }
  }

  private void enter() {
    operations.readLock().lock();
    // A step of an operation that is under way ends with it.
    if (closing && operations.getReadHoldCount() == 1) {
      operations.readLock().unlock();
      throw Texts.CLOSED_MEANWHILE.as(ErrorCode.CLOSED);
    }
  }

  /**
   * An operation that failed before the backend was asked for more than a reading, or one that is
   * no more than a reading: it has no intent, and one record at most, of its failure.
   */
  public OperationRecord withoutIntent(Subject subject, Trace trace) {
    return new OperationRecord(
        new Subject(subject.operation(), subject.caller(), subject.key(), subject.backend(), false),
        trace);
  }

  private void write(AuditEvent event, boolean remote, boolean archives) {
    // What was accepted on its way into trouble does not end it.
    boolean troubled = trouble.get() != null;
    try {
      sink.append(event, required || remote ? Durability.DURABLE : Durability.BUFFERED);
      if (troubled) {
        trouble.set(null);
      }
    } catch (IOException e) {
      troubled(ForeignText.said(e), event, archives);
    } catch (Exception | Error e) {
      Unexpected.rethrowFatal(e);
      // A sink of somebody's own that breaks its contract has kept nothing either.
      troubled(Texts.THE_SINK_THREW.with(e.getClass().getName()), event, archives);
    }
  }

  private void troubled(String why, AuditEvent unwritten, boolean archives) {
    unrecorded(unwritten);
    if (closed) {
      throw AuditTrouble.outlived(PATIENCE_TO_CLOSE);
    }
    boolean news = trouble.getAndSet(why) == null;
    if (required) {
      throw AuditTrouble.required(why, unwritten);
    }
    if (archives) {
      throw AuditTrouble.archive(why);
    }
    if (news) {
      LOG.log(System.Logger.Level.WARNING, Texts.LOG_NOT_WRITTEN.with(why));
    }
  }

  /** What is wrong with the log now, if anything. */
  public Optional<Finding> health() {
    return Optional.ofNullable(trouble.get())
        .map(
            why ->
                Texts.LOG_NOT_WRITABLE.finding(
                    required ? Severity.ERROR : Severity.WARNING,
                    ErrorCode.AUDIT_UNAVAILABLE,
                    why));
  }

  /**
   * Closes the sink once every operation under way has been recorded. One that outlives the wait
   * has no outcome in the log, and fails.
   *
   * @throws PolicyException ({@link ErrorCode#AUDIT_UNAVAILABLE}) when operations that the policy
   *     let go on have no record; the sink is closed then
   */
  @Override
  public void close() {
    closing = true;
    boolean quiet = false;
    try {
      quiet = awaitQuiet();
    } finally {
      closed = true;
      if (quiet) {
        // Whoever comes now is refused at once: closing the sink may wait for one of them.
        operations.writeLock().unlock();
      }
      endSink();
    }
    // Where the policy needs the records, the operations were refused.
    if (!required) {
      requireNoneUnrecorded();
    }
  }

  private void endSink() {
    try {
      closeSink();
    } catch (LostRecordsException e) {
      e.events().forEach(this::unrecorded);
      trouble.set(ForeignText.said(e));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, Texts.LOG_NOT_CLOSED.with(ForeignText.said(e)));
    } catch (Exception | Error e) {
      Unexpected.rethrowFatal(e);
      LOG.log(System.Logger.Level.ERROR, Texts.LOG_NOT_CLOSED_SINCE.with(e.getClass().getName()));
    }
  }

  /**
   * The end of what the record of a start has begun is recorded too, so that records that are cut
   * from a log's end leave a beginning without an end.
   */
  private void closeSink() throws IOException {
    Begun run = begun;
    begun = null;
    IOException unwritten = null;
    try {
      if (run != null) {
        sink.append(stop(run), Durability.DURABLE);
      }
    } catch (IOException e) {
      unwritten = e;
    } finally {
      // Its own failure goes first: it says how many records were lost.
      sink.close();
    }
    if (unwritten != null) {
      throw unwritten;
    }
  }

  private AuditEvent stop(Begun run) {
    return new AuditEvent(
        run.stopId(),
        Phase.SINGLE,
        time.now(),
        Operation.STOP,
        "application",
        Optional.empty(),
        Optional.empty(),
        Optional.of(run.backend()),
        Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        Map.of());
  }

  private boolean awaitQuiet() {
    long begun = time.nanoTime();
    // As many looks as fill the wait, so that a clock that stands still does not make it endless.
    long looks = PATIENCE_TO_CLOSE.dividedBy(LOOK_AT_THE_CLOCK);
    // An interrupted thread waits for nobody, and need not where nothing is under way.
    if (operations.writeLock().tryLock()) {
      return true;
    }
    try {
      while (looks-- > 0 && time.nanoTime() - begun < PATIENCE_TO_CLOSE.toNanos()) {
        if (operations.writeLock().tryLock(LOOK_AT_THE_CLOCK.toMillis(), TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.log(System.Logger.Level.WARNING, Texts.CLOSED_UNDER_WAY.with());
    return false;
  }

  /** The details of a record that is about to be written, with what it is to tell of. */
  private Map<String, String> withUnrecorded(Map<String, String> details) {
    long missing = unrecorded.get() == 0 ? 0 : unrecorded.getAndSet(0);
    if (missing == 0) {
      return details;
    }
    Map<String, String> more = new TreeMap<>(details);
    more.put(UNRECORDED, Long.toString(missing));
    return more;
  }

  /** Takes a record that was not written, with those that it was to tell of. */
  private void unrecorded(AuditEvent event) {
    synchronized (unrecordedNamed) {
      long before = Long.parseLong(event.details().getOrDefault(UNRECORDED, "0"));
      if (unrecorded.getAndAdd(1 + before) + before == 0) {
        unrecordedNamed.clear(); // A record has told of those.
      }
      if (unrecordedNamed.size() < MOST_NAMED
          && unrecordedNamed.stream().noneMatch(e -> e.operationId().equals(event.operationId()))) {
        unrecordedNamed.add(event);
      }
    }
  }

  /** At the end: throws when there are some that no later record has told of. */
  private void requireNoneUnrecorded() {
    synchronized (unrecordedNamed) {
      if (unrecorded.get() > 0) {
        throw AuditTrouble.lost(unrecordedNamed, unrecorded.get(), trouble.get());
      }
    }
  }

  /**
   * Text that is too long is replaced by its length and its SHA-256, so that whoever has the text
   * can show that it is the one.
   */
  private static String fit(String text) {
    return text.length() > LONGEST_TEXT ? digest(Texts.CHARACTERS.with(text.length()), text) : text;
  }

  /**
   * Details that are no longer than they may be. If long values are not what makes them so, members
   * with one beginning, such as {@code setting.}, are counted and hashed together.
   */
  private static Map<String, String> fit(Map<String, String> details) {
    long chars = RecordEncoder.chars(details);
    if (chars <= LONGEST_TEXT) {
      return details;
    }
    SortedMap<String, String> fitting = new TreeMap<>();
    details.forEach((name, value) -> fitting.put(name, fit(value)));
    if (RecordEncoder.chars(fitting) > MOST_CHARS) {
      SortedMap<String, SortedMap<String, String>> families = new TreeMap<>();
      details.forEach(
          (name, value) ->
              families.computeIfAbsent(family(name), of -> new TreeMap<>()).put(name, value));
      families.forEach((family, members) -> together(fitting, family, members));
    }
    if (RecordEncoder.chars(fitting) > MOST_CHARS) {
      fitting.clear();
      together(fitting, "", new TreeMap<>(details));
    }
    return fitting;
  }

  private static void together(
      Map<String, String> fitting, String family, SortedMap<String, String> members) {
    if (members.size() > 1) {
      fitting.keySet().removeAll(members.keySet());
      String content = new String(AuditRecords.encode(members), StandardCharsets.UTF_8);
      fitting.put(family + "*", digest(Texts.MEMBERS.with(members.size()), content));
    }
  }

  /** {@code setting.} of {@code setting.enclave.backend}; the whole of a name without a dot. */
  private static String family(String name) {
    return name.substring(0, name.indexOf('.') + 1).isEmpty()
        ? name
        : name.substring(0, name.indexOf('.') + 1);
  }

  private static String digest(String what, String text) {
    byte[] utf8 = AuditRecords.wellFormed(text).getBytes(StandardCharsets.UTF_8);
    return Texts.DIGESTED.with(
        what, Hashing.digest(DigestAlgorithm.SHA_256, Message.of(utf8)).value().toHex());
  }
}
