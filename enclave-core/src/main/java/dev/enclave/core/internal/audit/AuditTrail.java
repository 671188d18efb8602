package dev.enclave.core.internal.audit;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.core.internal.audit.write.LostRecordsException;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.core.internal.redaction.Unexpected;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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

  private final AuditSink sink;
  private final boolean required;
  private final TimeSource time;
  private final Unrecorded unrecorded = new Unrecorded();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  // Operations share the read lock, so that closing leaves no intent without its outcome.
  private final ReentrantReadWriteLock operations = new ReentrantReadWriteLock();
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

  /** An operation under way. Used by one thread; ended exactly once, by closing at the latest. */
  public final class Entry implements AutoCloseable {

    private final Subject subject;
    private final CallTrace trace;
    private final long startedNanos;
    private Optional<KeyVersionId> version = Optional.empty();
    private boolean underWay;
    private Result result = Result.PENDING;
    private Optional<ErrorCode> error = Optional.empty();
    private int attemptsBefore = Integer.MAX_VALUE;

    private Entry(Subject subject, CallTrace trace) {
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
        AuditEvent intent =
            event(Phase.INTENT, Result.PENDING, Optional.empty(), Duration.ZERO, archived);
        try {
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
          unrecorded.into(
              RecordBounds.fit(phase == Phase.INTENT ? details : withEarlierRequests(details))));
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
  public Entry begin(Subject subject, CallTrace trace) {
    return begin(subject, trace, null, Map.of());
  }

  /**
   * As {@link #begin(Subject, CallTrace)}, with the version that is about to be used, if one is.
   *
   * @param archived what the intent is to keep for good: of a remote operation it is in the log
   *     when this returns, whatever the policy is
   */
  public Entry begin(
      Subject subject,
      CallTrace trace,
      @Nullable KeyVersionId version,
      Map<String, String> archived) {
    Entry entry = new Entry(subject, trace);
    if (version != null) {
      entry.version(version);
    }
    entry.begin(archived);
    return entry;
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
      LOG.log(
          System.Logger.Level.WARNING,
          "The times of the audit log''s records cannot be read ({0}).",
          ForeignText.said(e));
      return List.of();
    }
  }

  private void enter() {
    operations.readLock().lock();
    // A step of an operation that is under way ends with it.
    if (closing && operations.getReadHoldCount() == 1) {
      operations.readLock().unlock();
      throw new UsageException(
          ErrorCode.CLOSED,
          "This Enclave has been closed meanwhile, so nothing was done. Open one per service and"
              + " close it when the service ends.");
    }
  }

  /**
   * An operation that failed before the backend was asked for more than a reading, or one that is
   * no more than a reading: it has no intent, and one record at most, of its failure.
   */
  public Entry reading(Subject subject, CallTrace trace) {
    return new Entry(
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
      troubled("the sink threw " + e.getClass().getName(), event, archives);
    }
  }

  private void troubled(String why, AuditEvent unwritten, boolean archives) {
    unrecorded.add(unwritten);
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
      LOG.log(
          System.Logger.Level.WARNING,
          "The audit log cannot be written ({0}); operations go on unrecorded until it can.",
          why);
    }
  }

  /** What is wrong with the log now, if anything. */
  public Optional<Finding> health() {
    return Optional.ofNullable(trouble.get())
        .map(
            why ->
                Finding.of(
                    required ? Severity.ERROR : Severity.WARNING,
                    ErrorCode.AUDIT_UNAVAILABLE,
                    "the audit log cannot be written: " + why,
                    "free the disk or correct the rights of enclave.audit.directory"));
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
    boolean quiet = awaitQuiet();
    closed = true;
    if (quiet) {
      // Whoever comes now is refused at once: closing the sink may wait for one of them.
      operations.writeLock().unlock();
    }
    try {
      sink.close();
    } catch (LostRecordsException e) {
      e.events().forEach(unrecorded::add);
      trouble.set(ForeignText.said(e));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.ERROR, "The audit log could not be closed: {0}", ForeignText.said(e));
    } catch (Exception | Error e) {
      Unexpected.rethrowFatal(e);
      LOG.log(
          System.Logger.Level.ERROR,
          "The audit log could not be closed: the sink threw {0}",
          e.getClass().getName());
    }
    // Where the policy needs the records, the operations were refused.
    if (!required) {
      unrecorded.requireNone(trouble.get());
    }
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
    LOG.log(
        System.Logger.Level.WARNING,
        "The audit log is closed while operations are under way; their outcomes are not recorded"
            + " and their results not released.");
    return false;
  }
}
