package dev.enclave.aws.internal.credentials;

import dev.enclave.cloud.SharedFetch;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Credentials kept fresh: fetched anew ahead of their end while callers go on with those at hand,
 * which also serve on while the source fails. Who needs others waits no longer than its own
 * deadline. Thread-safe.
 */
public final class RefreshingCredentials implements AwsCredentialsProvider {

  /** AWS's platforms have the next credentials ready five minutes before the last ones end. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** So much of their time is left to credentials that live for less than a few minutes. */
  private static final int LEAST_USE_PERCENT = 75;

  /** What ends while the request is on its way is of no use. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** A source that fails, or hands out what AWS refuses, is not asked more often than this. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  /** Who asks without a deadline waits no longer. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /**
   * Credentials. They end when the wall clock says so, since AWS gave the date.
   *
   * @param pause others are not fetched instead of refused ones before that
   */
  private record Held(Issued issued, Deadline pause, Instant refreshAt) {

    static Held of(Issued issued, TimeSource time) {
      Instant now = time.now();
      Instant refreshAt = issued.expiresAt().map(end -> refreshAt(now, end)).orElse(Instant.MAX);
      return new Held(issued, Deadline.in(PAUSE, time), refreshAt);
    }

    private static Instant refreshAt(Instant now, Instant end) {
      Duration left = Duration.between(now, end);
      Duration least = left.multipliedBy(LEAST_USE_PERCENT).dividedBy(100);
      Duration use = left.minus(AHEAD);
      return now.plus(use.compareTo(least) > 0 ? use : least);
    }

    boolean expired(Instant now) {
      return issued.expiresAt().filter(end -> !now.isBefore(end.minus(MARGIN))).isPresent();
    }
  }

  private final CredentialSource source;
  private final TimeSource time;
  private final SharedFetch fetch;
  private volatile Held held;

  /** Those of which AWS said that they have expired; others may be held by now. */
  private volatile @Nullable Held refused;

  private RefreshingCredentials(
      CredentialSource source, TimeSource time, Issued first, Optional<Executor> threads) {
    this.source = source;
    this.time = time;
    this.held = Held.of(first, time);
    String what = "Credentials from " + source.named();
    this.fetch =
        threads.isPresent()
            ? new SharedFetch(what, this::fetch, time, threads.get())
            : new SharedFetch(what, this::fetch, time);
  }

  /** Fetches the first ones. */
  public static RefreshingCredentials from(CredentialSource source, TimeSource time)
      throws BackendFailure {
    return from(source, time, Optional.empty());
  }

  /**
   * The same.
   *
   * @param threads that fetch the others, if others than a new one each time
   */
  static RefreshingCredentials from(
      CredentialSource source, TimeSource time, Optional<Executor> threads) throws BackendFailure {
    Issued first = source.fetch();
    RefreshingCredentials credentials = new RefreshingCredentials(source, time, first, threads);
    credentials.requireUnexpired(first);
    return credentials;
  }

  /**
   * Sees to it that there are credentials, so that nobody waits inside the SDK, where no deadline
   * holds.
   *
   * @throws BackendFailure when there are none before the call's deadline
   */
  public void ready(CallContext call) throws BackendFailure {
    Held now = held;
    if (!usable(now)) {
      fetch.await(call);
    } else if (due(now)) {
      fetch.begin(PAUSE);
    }
  }

  /**
   * Credentials for a request that is about to be sent: those at hand, after {@link #ready}.
   *
   * @throws CredentialsException when there are none that have not expired
   */
  @Override
  public AwsCredentials resolveCredentials() {
    if (held.expired(time.now().minus(MARGIN))) {
      try {
        fetch.await(LONGEST);
      } catch (BackendFailure e) {
        throw new CredentialsException(e);
      }
    }
    return held.issued().credentials();
  }

  /** AWS says that these have expired: the next request fetches others, but not at every one. */
  public void refused() {
    Held now = held;
    if (now.pause().passed()) {
      refused = now;
    }
  }

  /** Where they come from, as messages name it. */
  public String named() {
    return source.named();
  }

  private void fetch() throws BackendFailure {
    if (usable(held) && !due(held)) {
      // Fetched since they were asked for.
      return;
    }
    Issued next = source.fetch();
    requireUnexpired(next);
    held = Held.of(next, time);
  }

  private boolean usable(Held credentials) {
    return !credentials.equals(refused) && !credentials.expired(time.now());
  }

  private boolean due(Held credentials) {
    return !time.now().isBefore(credentials.refreshAt());
  }

  private void requireUnexpired(Issued issued) throws BackendFailure {
    if (issued.expiresAt().filter(end -> !time.now().isBefore(end)).isPresent()) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "Credentials from "
              + source.named()
              + " ended at "
              + issued.expiresAt().get()
              + ", before now. Check this machine's clock and the source.");
    }
  }

  /** Where they come from, nothing of what they are. */
  @Override
  public String toString() {
    return "RefreshingCredentials[" + source.named() + "]";
  }
}
