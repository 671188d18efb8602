package dev.enclave.core.internal.call;

import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.TimeSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What an operation's attempts leave for the audit record. Used by one thread. */
public final class CallTrace implements AuditTrail.Trace {

  /**
   * Far more than the attempts of the longest operation; a backend may name as many as it likes.
   */
  private static final int MOST_REQUESTS = 64;

  private final String operationId;
  private final @Nullable TimeSource timed;
  private final long startedNanos;
  private long attemptNanos;
  private long atBackendNanos;
  private List<String> requests = List.of();
  private int attempts;
  private boolean outcomeUnknown;
  private int borrowersAttempt;
  private Duration silence = Duration.ZERO;

  public CallTrace(String operationId) {
    this(operationId, null);
  }

  /** One that is timed from now on, if anybody will ask for the times. */
  public CallTrace(String operationId, @Nullable TimeSource timed) {
    this.operationId = operationId;
    this.timed = timed;
    this.startedNanos = nanos();
  }

  private long nanos() {
    return timed == null ? 0 : timed.nanoTime();
  }

  @Override
  public String operationId() {
    return operationId;
  }

  @Override
  public Optional<String> providerRequestId() {
    return requests.isEmpty() ? Optional.empty() : Optional.of(requests.get(requests.size() - 1));
  }

  @Override
  public List<String> earlierRequestIds() {
    return requests.isEmpty() ? requests : requests.subList(0, requests.size() - 1);
  }

  @Override
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  @Override
  public int attempts() {
    return attempts;
  }

  /** How long an attempt had, at most, to which no answer came in that time. */
  public Duration silence() {
    return silence;
  }

  void silence(Duration had) {
    if (had.compareTo(silence) > 0) {
      silence = had;
    }
  }

  /** Whether it is timed. */
  public boolean timed() {
    return timed != null;
  }

  /** How long it has taken so far. */
  public Duration whole() {
    return Duration.ofNanos(nanos() - startedNanos);
  }

  /** How much of it was the backend's: all attempts together. */
  public Duration atBackend() {
    return Duration.ofNanos(atBackendNanos);
  }

  /**
   * It is a part of one attempt of another operation, which is repeated as a whole: by that
   * operation, out of the budget of its backend.
   *
   * @param attempt which one of the other operation, from 1
   */
  public void partOf(int attempt) {
    borrowersAttempt = attempt;
  }

  /** Whether its own failures are repeated by {@link RetryingCaller}. */
  boolean repeated() {
    return borrowersAttempt == 0;
  }

  /** The number of its first attempt. */
  int firstAttempt() {
    return Math.max(1, borrowersAttempt);
  }

  void attemptBegins() {
    attempts++;
    attemptNanos = nanos();
  }

  void attemptEnds() {
    atBackendNanos += nanos() - attemptNanos;
  }

  /** Notes the provider's id of the newest request; one that is known already is the newest now. */
  public void providerRequestId(Optional<String> id) {
    id.ifPresent(this::providerRequestId);
  }

  void providerRequestId(String id) {
    String shown = ForeignText.of(id);
    if (requests.isEmpty()) {
      requests = new ArrayList<>(2);
    }
    requests.remove(shown);
    requests.add(shown);
    if (requests.size() > MOST_REQUESTS) {
      requests.remove(0);
    }
  }

  void outcomeUnknown(boolean unknown) {
    this.outcomeUnknown = unknown;
  }

  /** The traces of one engine's operations, and their ids. Thread-safe. */
  public static final class Source {

    private final String prefix;
    private final AtomicLong made = new AtomicLong();
    private final @Nullable TimeSource timed;

    /**
     * @param timed the clock, if anybody will ask how long operations took
     */
    public Source(SecureRandom random, @Nullable TimeSource timed) {
      byte[] drawn = new byte[12];
      random.nextBytes(drawn);
      this.prefix = HexFormat.of().formatHex(drawn);
      this.timed = timed;
    }

    /** Of a fresh operation: unique by a random prefix per engine and a counter. */
    public CallTrace next() {
      return of(prefix + "-" + made.incrementAndGet());
    }

    /** Of an operation whose id is known to others. */
    public CallTrace of(String operationId) {
      return new CallTrace(operationId, timed);
    }
  }
}
