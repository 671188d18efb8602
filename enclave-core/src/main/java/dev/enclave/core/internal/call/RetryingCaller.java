package dev.enclave.core.internal.call;

import dev.enclave.BackendId;
import dev.enclave.SigningInput;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of retries: runs attempts against one backend until one succeeds, the failure is
 * final, or deadline, budget or breaker say stop. Thread-safe.
 */
public final class RetryingCaller {

  /** One attempt. */
  @FunctionalInterface
  public interface Attempt<T> {
    T run(CallContext call) throws BackendFailure;
  }

  /**
   * What is attempted.
   *
   * @param toDo for messages, such as {@code sign with key wallet-42}
   * @param justWritten whether NOT_FOUND only means that our own write is not visible yet
   */
  public record Plan(
      String toDo, CallTrace trace, Duration within, boolean changes, boolean justWritten) {}

  private record ProviderTime(Instant at, long nanos) {}

  private static final Duration LONGEST_WAIT = Duration.ofDays(365);
  private static final int TENTHS_PER_RETRY = 10;
  private static final int MOST_TENTHS = 100;

  private final BackendId backend;
  private final Backoff retry;
  private final TimeSource time;
  private final RandomGenerator random;

  /** How long a use of a key, or a reading, may take. */
  public static final Duration SIGN_WITHIN = Duration.ofSeconds(5);

  /** How long a change of a key, or a list of keys, may take. */
  public static final Duration CHANGE_WITHIN = Duration.ofSeconds(30);

  /** Silence for less says nothing of a backend. */
  public static final Duration TIME_TO_ANSWER = Duration.ofSeconds(1);

  private final List<String> places;
  private final CircuitBreaker breaker;
  // Repetitions are bounded to a tenth of the calls, so that a total outage does not multiply the
  // load: every call adds a tenth of one, every repetition takes a whole one.
  private final AtomicInteger budgetTenths = new AtomicInteger(MOST_TENTHS);
  private volatile @Nullable ProviderTime toldTime;

  RetryingCaller(BackendId backend, Backoff retry, TimeSource time, RandomGenerator random) {
    this(backend, List.of(), retry, time, random);
  }

  /**
   * Calls one backend.
   *
   * @param places what configuration names, which failures may quote
   */
  public RetryingCaller(
      BackendId backend,
      Collection<String> places,
      Backoff retry,
      TimeSource time,
      RandomGenerator random) {
    this.backend = backend;
    this.places = List.copyOf(places);
    this.retry = retry;
    this.time = time;
    this.random = random;
    this.breaker = new CircuitBreaker(time, random);
  }

  /** The time by the backend's own clock; none if no answer has told any. */
  public Optional<Instant> providerTime() {
    return Optional.ofNullable(toldTime)
        .map(told -> told.at().plusNanos(Math.max(0, time.nanoTime() - told.nanos())));
  }

  /** Has {@code signer} sign, as {@link #call} does it. */
  public RawSignature sign(Plan plan, KeySigner signer, KeyVersionRef version, SigningInput input) {
    return call(plan, context -> signer.sign(version, input, context));
  }

  /** The clock is told once an attempt is over: a provider's client may hold locks before. */
  private <T> T clocked(Attempt<T> attempt, CallContext context, CallTrace trace)
      throws BackendFailure {
    AtomicReference<Instant> told = new AtomicReference<>();
    trace.attemptBegins();
    try {
      return attempt.run(context.withProviderTimes(told::set));
    } finally {
      trace.attemptEnds();
      Instant at = told.get();
      if (at != null) {
        toldTime = new ProviderTime(at, time.nanoTime());
      }
    }
  }

  /**
   * Runs {@code attempt} until it is decided.
   *
   * @throws EnclaveException the translated failure
   */
  public <T> T call(Plan plan, Attempt<T> attempt) {
    if (plan.within().isZero() || plan.within().isNegative()) {
      throw Texts.ASKED_TOO_LATE.as(ErrorCode.DEADLINE_EXCEEDED, backend, plan.toDo());
    }
    Deadline deadline = Deadline.in(plan.within(), time);
    int first = plan.trace().firstAttempt();
    BackendFailure shown = null;
    boolean waitedHere = false;
    for (int number = first; ; number++) {
      int era = enterBreaker(plan);
      if (number == first) {
        // Only what reaches the backend earns retries: calls held back in an outage would refill
        // the budget for the moment at which the backend has just got up.
        earnRetry();
      }
      BackendFailure failure;
      Duration had = deadline.remaining();
      try {
        T answer = answered(clocked(attempt, context(plan, number, deadline), plan.trace()));
        breaker.answered(era);
        plan.trace().outcomeUnknown(false);
        return answer;
      } catch (BackendFailure e) {
        failure = e.naming(known(plan));
      } catch (EnclaveException e) {
        breaker.answered(era);
        noteLostAnswer(plan);
        throw Texts.ANSWER_WRONG.as(
            ErrorCode.WRONG_ANSWER,
            backend,
            plan.toDo(),
            ForeignText.of(e.getMessage(), known(plan)));
      } catch (Exception | Error e) {
        noteLostAnswer(plan);
        Unexpected.rethrowFatal(e);
        throw Unexpected.broken(backend, e, " (on: " + plan.toDo() + ")");
      }
      // What is left after waiting for calls of this process is too little by their fault.
      boolean silent = waitedHere && hadTooLittleTime(failure, had);
      note(plan, failure, silent ? CircuitBreaker.NO_ERA : era, had);
      waitedHere |= isLocal(failure);
      if (shown == null || !tellsMore(shown) || !tellsNothing(failure, had)) {
        shown = failure;
      }
      pauseOrThrow(plan, failure, shown, number - first + 1, deadline);
    }
  }

  private void earnRetry() {
    // A full budget, which it nearly always is, is only looked at.
    if (budgetTenths.get() < MOST_TENTHS) {
      budgetTenths.updateAndGet(tenths -> Math.min(MOST_TENTHS, tenths + 1));
    }
  }

  private boolean spendRetry() {
    int before = budgetTenths.getAndUpdate(t -> t < TENTHS_PER_RETRY ? t : t - TENTHS_PER_RETRY);
    return before >= TENTHS_PER_RETRY;
  }

  private CallContext context(Plan plan, int number, Deadline deadline) {
    CallTrace trace = plan.trace();
    return CallContext.of(trace.operationId(), number, deadline, time, trace::providerRequestId);
  }

  /** Null checks are the compiler's elsewhere; backends are compiled by others. */
  private static <T> T answered(@Nullable T answer) {
    if (answer == null) {
      throw new NullPointerException("the backend answered null");
    }
    return answer;
  }

  /**
   * Whether the breaker holds calls back, or will, for more than callers in a hurry: a connection
   * failed, or no answer came in {@link #TIME_TO_ANSWER} or longer.
   */
  public boolean outageIsProven() {
    return breaker.proven();
  }

  private int enterBreaker(Plan plan) {
    int era = breaker.enter();
    if (era == CircuitBreaker.HELD_BACK) {
      Instant at = breaker.retryAt().orElseGet(time::now);
      throw undecided(plan)
          ? Failures.outcomeUnknown(backend, plan, Texts.ANSWER_LOST_HELD_BACK.with(at))
          : heldBack(plan, at);
    }
    return era;
  }

  private ConnectivityException heldBack(Plan plan, Instant at) {
    return new ConnectivityException(
        ErrorCode.BREAKER_OPEN,
        (breaker.recovering() ? Texts.BREAKER_RECOVERING : Texts.BREAKER_OPEN)
            .with(backend, plan.toDo(), at),
        true,
        at);
  }

  private void note(Plan plan, BackendFailure failure, int era, Duration had) {
    plan.trace().providerRequestId(failure.providerRequestId());
    if (failure.failureClass() == FailureClass.AMBIGUOUS && plan.changes()) {
      plan.trace().outcomeUnknown(true);
    } else if (decides(plan, failure)) {
      plan.trace().outcomeUnknown(false);
    }
    boolean throttled =
        failure.failureClass() == FailureClass.THROTTLED || failure.code() == FailureCode.THROTTLED;
    // By the code alone: also after a change, which makes any failure ambiguous, the backend that
    // says no has answered.
    boolean unanswered =
        failure.code() == FailureCode.UNAVAILABLE || failure.code() == FailureCode.TIMEOUT;
    if (unanswered) {
      plan.trace().silence(failure.code() == FailureCode.TIMEOUT ? had : Duration.ZERO);
    }
    if (isLocal(failure)) {
      return;
    }
    if (throttled) {
      breaker.throttled(era);
    } else if (unanswered) {
      breaker.failed(era, !hadTooLittleTime(failure, had));
    } else {
      breaker.answered(era);
    }
  }

  private static boolean hadTooLittleTime(BackendFailure failure, Duration had) {
    return failure.code() == FailureCode.TIMEOUT && had.compareTo(TIME_TO_ANSWER) < 0;
  }

  private static boolean isLocal(BackendFailure failure) {
    return failure.code() == FailureCode.LOCAL_LOAD;
  }

  /** Whether a caller is better told this than that there was no time for an answer. */
  private static boolean tellsMore(BackendFailure failure) {
    return failure.code() == FailureCode.UNAVAILABLE
        || failure.code() == FailureCode.THROTTLED
        || isLocal(failure);
  }

  private static boolean tellsNothing(BackendFailure failure, Duration had) {
    return isLocal(failure) || hadTooLittleTime(failure, had);
  }

  /**
   * Whether the failure also tells what became of an earlier attempt whose answer was lost. Changes
   * are repeatable, so a repetition that is refused over the key's state found the first one not
   * carried out; a throttled or unauthorised repetition found nothing.
   */
  private static boolean decides(Plan plan, BackendFailure failure) {
    if (failure.failureClass() != FailureClass.PERMANENT) {
      return false;
    }
    return switch (failure.code()) {
      case ALREADY_EXISTS, CONFLICT, INVALID_STATE -> true;
      case NOT_FOUND -> !plan.justWritten();
      default -> false;
    };
  }

  /** What was answered cannot be used, so whether a change was carried out is not known. */
  private static void noteLostAnswer(Plan plan) {
    if (plan.changes()) {
      plan.trace().outcomeUnknown(true);
    }
  }

  private static boolean undecided(Plan plan) {
    return plan.changes() && plan.trace().outcomeUnknown();
  }

  /**
   * Pauses before the next attempt, if there is to be one.
   *
   * @param shown what the caller is told if there is none: the last failure; but the outage that an
   *     earlier attempt met, if all since then had too little time for an answer
   */
  private void pauseOrThrow(
      Plan plan, BackendFailure failure, BackendFailure shown, int failed, Deadline deadline) {
    boolean settling =
        failure.code() == FailureCode.NOT_FOUND
            && (plan.justWritten() || failure.failureClass() != FailureClass.PERMANENT);
    Duration pause = shortened(retry.pauseAfter(failed, random, failure));
    // What settles is no outage, so only the deadline bounds it.
    boolean again =
        settling
            || (failure.failureClass() != FailureClass.PERMANENT
                && plan.trace().repeated()
                && failed < retry.maxAttempts());
    boolean inTime = pause.compareTo(deadline.remaining()) < 0;
    if (!again || !inTime || (!settling && !spendRetry())) {
      throw undecided(plan)
          ? Failures.outcomeUnknown(backend, plan, failure)
          : Failures.translate(backend, plan, shown, failed, retryAt(failure, pause));
    }
    try {
      time.pause(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (undecided(plan)) {
        throw Failures.outcomeUnknown(backend, plan, Texts.ANSWER_LOST_INTERRUPTED.with());
      }
      throw Texts.INTERRUPTED_BEFORE_REPEAT.as(ErrorCode.INTERRUPTED, plan.toDo());
    }
  }

  /** Not before the provider, the breaker and our own pause allow it. */
  private Optional<Instant> retryAt(BackendFailure failure, Duration pause) {
    if (failure.failureClass() == FailureClass.PERMANENT) {
      return Optional.empty();
    }
    Instant paused = time.now().plus(pause);
    return Optional.of(breaker.retryAt().filter(paused::isBefore).orElse(paused));
  }

  /** An instant this far ahead can be computed, whatever a caller or a provider asks for. */
  private static Duration shortened(Duration duration) {
    return duration.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : duration;
  }

  /** What the backend was asked about: it may say so. */
  private List<String> known(Plan plan) {
    List<String> known = new ArrayList<>(places);
    known.addAll(List.of(plan.toDo().split(" ")));
    return known;
  }

  /**
   * Holds calls back after many in a row without an answer, lets one through now and then to see
   * whether the backend is back, and then lets all back in step by step: every answer two more.
   * Thread-safe.
   *
   * <p>What began before the breaker opened says nothing of the time after, so every attempt
   * carries the era in which it began. A half-closed breaker that closed at the first answer would
   * send all waiting callers at once to a backend that has just got up; here as many are under way
   * at most as it has shown that it answers, and twice that a round trip later.
   */
  static final class CircuitBreaker {

    static final int FAILURES_TO_OPEN = 20;

    /** Of the first opening; doubled by every probe that gets no answer. */
    static final Duration SHORTEST_HOLD = Duration.ofSeconds(1);

    static final Duration LONGEST_HOLD = Duration.ofSeconds(4);

    /** What {@link #enter} answers to a call that may not go. */
    static final int HELD_BACK = -1;

    /** Of an attempt that says nothing of the backend. */
    static final int NO_ERA = -2;

    /** While calls are let back in: one may be lost on the way, three in a row are the outage. */
    static final int FAILURES_TO_OPEN_AGAIN = 3;

    private static final int LET_IN_PER_ANSWER = 2;

    /** So many more than are asked for: nobody is held back, so the breaker closes. */
    private static final int LET_IN_TO_CLOSE = 128;

    private final TimeSource time;
    private final RandomGenerator random;
    private volatile int era;

    // Whether there is anything to look at under the lock: calls that succeed one after the other,
    // which is nearly all of them, do not meet there.
    private volatile boolean troubled;

    private int failuresInARow;
    private boolean open;
    private boolean recovering;
    private boolean proven;
    private int letIn;
    private Duration widest = SHORTEST_HOLD;
    private Duration hold = SHORTEST_HOLD;
    private long heldSinceNanos;

    CircuitBreaker(TimeSource time, RandomGenerator random) {
      this.time = time;
      this.random = random;
    }

    /** The era of an attempt that may go now, or {@link #HELD_BACK}. */
    int enter() {
      // Read before the look at the trouble: an attempt is rather taken for an old one than for a
      // probe.
      int current = era;
      return troubled ? enterWhileTroubled() : current;
    }

    private synchronized int enterWhileTroubled() {
      if (!open) {
        return era;
      }
      if (letIn > 0) {
        letIn--;
        return era;
      }
      if (remainingHold().isZero()) {
        // This one is the probe; the others wait for what it finds.
        heldSinceNanos = time.nanoTime();
        return era;
      }
      return HELD_BACK;
    }

    /** Elapsed time, since a wall clock that is set back would hold calls back for as long. */
    private Duration remainingHold() {
      Duration left = hold.minusNanos(time.nanoTime() - heldSinceNanos);
      return left.isNegative() ? Duration.ZERO : left;
    }

    /** The backend answered an attempt of {@code began}, be it with a refusal. */
    void answered(int began) {
      if (troubled) {
        recover(began, LET_IN_PER_ANSWER);
      }
    }

    /** The backend answered that it is asked too much: as many may go as before, not more. */
    void throttled(int began) {
      if (troubled) {
        recover(began, 1);
      }
    }

    private synchronized void recover(int began, int more) {
      if (began != era) {
        return;
      }
      failuresInARow = 0;
      proven = false;
      if (!open) {
        troubled = false;
        return;
      }
      recovering = true;
      letIn += more;
      widest = SHORTEST_HOLD;
      holdFor(SHORTEST_HOLD);
      if (letIn >= LET_IN_TO_CLOSE) {
        open = false;
        recovering = false;
        troubled = false;
      }
    }

    /**
     * No answer came to an attempt of {@code began}.
     *
     * @param proof whether an answer would have come from a backend that is up
     */
    synchronized void failed(int began, boolean proof) {
      if (began != era) {
        return;
      }
      troubled = true;
      proven |= proof;
      failuresInARow++;
      if (open && !recovering) {
        widest = doubled(widest);
        holdFor(widest);
      } else if (failuresInARow >= (recovering ? FAILURES_TO_OPEN_AGAIN : FAILURES_TO_OPEN)) {
        open = true;
        recovering = false;
        letIn = 0;
        era++;
        widest = SHORTEST_HOLD;
        holdFor(widest);
      }
    }

    private static Duration doubled(Duration duration) {
      Duration twice = duration.multipliedBy(2);
      return twice.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : twice;
    }

    /** Up to half as long again, so that the processes of a fleet do not all probe at once. */
    private void holdFor(Duration duration) {
      hold = duration.plus(upTo(duration.dividedBy(2)));
      heldSinceNanos = time.nanoTime();
    }

    /**
     * When a call that is held back had better come again; none if nothing is held back. Each gets
     * another moment, since callers who all obey the same one come back as the storm that the
     * breaker is there to prevent.
     */
    synchronized Optional<Instant> retryAt() {
      if (!open) {
        return Optional.empty();
      }
      Duration wait = recovering ? Duration.ZERO : remainingHold();
      return Optional.of(time.now().plus(wait).plus(upTo(widest)));
    }

    /** Whether the backend answers again, and calls are only held back so as not to overrun it. */
    synchronized boolean recovering() {
      return recovering;
    }

    /**
     * Whether one of the attempts without an answer, since the last with one, would have had an
     * answer from a backend that is up: callers in a hurry may have given the others up.
     */
    synchronized boolean proven() {
      return proven;
    }

    private Duration upTo(Duration most) {
      return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
    }
  }
}
