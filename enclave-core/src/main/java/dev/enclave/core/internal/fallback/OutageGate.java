package dev.enclave.core.internal.fallback;

import dev.enclave.BackendId;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a call asks the backend first, and what is told of an outage. After a call without an
 * answer none asks for {@link #HOLD}; then one tries, and the others follow once it got an answer.
 * The outage is told as one until no call has been without an answer for {@link #CALM}, so that a
 * backend that comes and goes fills no log. Thread-safe.
 */
final class OutageGate {

  /** How long companions sign without a try, after a call that got no answer. */
  static final Duration HOLD = Duration.ofSeconds(10);

  /** How long the backend has to answer before the outage is said to be over. */
  static final Duration CALM = Duration.ofMinutes(1);

  /** How often a log line says that companions sign. */
  static final Duration REMINDER = Duration.ofMinutes(1);

  /** The number of no outage. */
  static final int NONE = 0;

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final TimeSource time;
  private final BackendId backend;
  private boolean held;
  private boolean tried;
  private int number = NONE;
  private @Nullable Outage outage;

  /** What is told of one. */
  private static final class Outage {
    private final Instant since;
    private long lastUnansweredNanos;
    private long toldNanos;
    private long signatures;
    private long told;

    private Outage(Instant since, long nanos) {
      this.since = since;
      this.lastUnansweredNanos = nanos;
      this.toldNanos = nanos;
    }
  }

  /** How a call may go. */
  enum Way {
    /** The backend is asked first, as ever. */
    OPEN,
    /** The backend is asked first, by this call alone. */
    TRIAL,
    /** The backend is not asked. */
    HELD
  }

  OutageGate(TimeSource time, BackendId backend) {
    this.time = time;
    this.backend = backend;
  }

  /**
   * How a call goes.
   *
   * @param mayTry whether it has time enough to find out whether the backend answers
   */
  synchronized Way enter(boolean mayTry) {
    tell();
    if (!held) {
      return Way.OPEN;
    }
    if (!mayTry
        || tried
        || outage == null
        || since(outage.lastUnansweredNanos).compareTo(HOLD) < 0) {
      return Way.HELD;
    }
    tried = true;
    return Way.TRIAL;
  }

  /** The backend answered, if only to refuse. */
  synchronized void answered(Way way) {
    if (way == Way.TRIAL) {
      held = false;
      tried = false;
    }
  }

  /** Nobody knows whether it would have. */
  synchronized void undecided(Way way) {
    if (way == Way.TRIAL) {
      tried = false;
    }
  }

  /**
   * The backend did not answer, and a companion is asked.
   *
   * @param asked whether it was, or calls are held back before it: then the next may try at once
   * @return the number of the outage
   */
  synchronized int unanswered(Way way, boolean asked) {
    long now = time.nanoTime();
    if (way == Way.TRIAL) {
      tried = false;
    } else if (held) {
      return number; // It began before the outage was known.
    }
    held = asked;
    if (outage == null) {
      number++;
      outage = new Outage(time.now(), now);
      LOG.log(System.Logger.Level.WARNING, Texts.FALLBACK_BEGINS.with(backend));
    } else {
      outage.lastUnansweredNanos = now;
    }
    return number;
  }

  /** The number of the outage that is told. */
  synchronized int number() {
    return number;
  }

  /** A companion has signed. */
  synchronized void signed() {
    Outage now = outage;
    if (now != null) {
      now.signatures++;
    }
    tell();
  }

  /** Says that an outage goes on, or is over, where that is due. */
  synchronized void tell() {
    Outage now = outage;
    if (now == null) {
      return;
    }
    if (!held && since(now.lastUnansweredNanos).compareTo(CALM) >= 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          Texts.FALLBACK_ENDS.with(backend, now.signatures, now.since));
      outage = null;
    } else if (now.signatures > now.told && since(now.toldNanos).compareTo(REMINDER) >= 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          Texts.FALLBACK_GOES_ON.with(
              backend, now.signatures, now.since, now.signatures - now.told));
      now.told = now.signatures;
      now.toldNanos = time.nanoTime();
    }
  }

  /** Says what companions did in an outage that the Enclave does not see the end of. */
  synchronized void closing() {
    Outage now = outage;
    if (now != null) {
      LOG.log(
          System.Logger.Level.WARNING, Texts.FALLBACK_ENDS_CLOSED.with(now.signatures, now.since));
      outage = null;
    }
  }

  /** What is told while an outage is: since when, and how many signatures companions made. */
  synchronized Optional<Finding> outage() {
    tell();
    return Optional.ofNullable(outage)
        .map(
            now ->
                Texts.FALLBACK_IN_USE.warning(
                    ErrorCode.FALLBACK_IN_USE, backend, now.signatures, now.since));
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(time.nanoTime() - nanos);
  }

  /**
   * Whether the backend is away. A refusal and a request to slow down are answers; silence for less
   * than {@link RetryingCaller#TIME_TO_ANSWER} says nothing, and neither does waiting for other
   * calls of this process.
   *
   * @param silence how long the backend had for an answer that did not come
   * @param reached whether it was asked
   */
  static boolean isOutage(CachedKey slot, EnclaveException e, Duration silence, boolean reached) {
    return switch (e.code()) {
      case BREAKER_OPEN -> slot.backend().caller().outageIsProven();
      case BACKEND_UNAVAILABLE -> reached;
      case DEADLINE_EXCEEDED -> reached && silence.compareTo(RetryingCaller.TIME_TO_ANSWER) >= 0;
      default -> false;
    };
  }

  /**
   * Whether the backend answered, if only to refuse.
   *
   * @param reached whether it was asked
   */
  static boolean isAnswer(EnclaveException e, boolean reached) {
    return switch (e.code()) {
      case INTERRUPTED, DEADLINE_EXCEEDED, LOCAL_LOAD -> false;
      default -> reached;
    };
  }

  /**
   * Whether the backend said no, or lied: then nothing stands in for the key until it endorses a
   * companion anew, whatever becomes of the backend.
   */
  static boolean withdraws(EnclaveException e) {
    return switch (e.code()) {
      case ACCESS_DENIED, KEY_NOT_FOUND, KEY_NOT_ACTIVE, PROVIDER_REJECTED -> true;
      default -> e.category() == ErrorCategory.INTEGRITY || e.category() == ErrorCategory.POLICY;
    };
  }

  /** Whether the companion is not there any more, which another process may have seen to. */
  static boolean isLost(EnclaveException e) {
    return switch (e.code()) {
      case KEY_NOT_FOUND, KEY_NOT_ACTIVE, KEY_DATA_CORRUPT -> true;
      default -> e.category() == ErrorCategory.INTEGRITY;
    };
  }
}
