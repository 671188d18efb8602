package dev.enclave.aws.internal.credentials;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Credentials kept fresh: fetched anew ahead of their end by one caller while the others go on with
 * those at hand, which also serve on while the source fails. Thread-safe; no thread of its own.
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

  /** Callers that wait for a source one after another share its failure for so long. */
  private static final Duration SHARED_FAILURE = Duration.ofSeconds(1);

  private record Held(Issued issued, Instant fetchedAt, Instant refreshAt) {

    static Held of(Issued issued, Instant now) {
      Instant refreshAt = issued.expiresAt().map(end -> refreshAt(now, end)).orElse(Instant.MAX);
      return new Held(issued, now, refreshAt);
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

  private record Failed(BackendFailure failure, Instant at) {}

  private final CredentialSource source;
  private final TimeSource time;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Held held;

  /** Those of which AWS said that they have expired; others may be held by now. */
  private volatile @Nullable Held refused;

  private volatile @Nullable Failed failed;

  private RefreshingCredentials(CredentialSource source, TimeSource time, Issued first) {
    this.source = source;
    this.time = time;
    this.held = Held.of(first, time.now());
  }

  /** Fetches the first ones. */
  public static RefreshingCredentials from(CredentialSource source, TimeSource time)
      throws BackendFailure {
    Issued first = source.fetch();
    RefreshingCredentials credentials = new RefreshingCredentials(source, time, first);
    credentials.requireUnexpired(first);
    return credentials;
  }

  /**
   * Credentials for a request that is about to be sent.
   *
   * @throws CredentialsException when there are none that have not expired
   */
  @Override
  public AwsCredentials resolveCredentials() {
    Held now = held;
    if (fresh(now)) {
      return now.issued().credentials();
    }
    if (now.equals(refused) || now.expired(time.now())) {
      return whenFetched();
    }
    if (!recentlyFailed(PAUSE) && fetching.tryLock()) {
      try {
        fetchQuietly();
      } finally {
        fetching.unlock();
      }
    }
    return held.issued().credentials();
  }

  /** AWS says that these have expired: the next request fetches others, but not at every one. */
  public void refused() {
    Held now = held;
    if (!time.now().isBefore(now.fetchedAt().plus(PAUSE))) {
      refused = now;
    }
  }

  /** Where they come from, as messages name it. */
  public String named() {
    return source.named();
  }

  private AwsCredentials whenFetched() {
    try {
      fetching.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CredentialsException(
          BackendFailure.transientFailure(
              FailureCode.TIMEOUT,
              "Waiting for credentials from " + source.named() + " was interrupted. Try again."));
    }
    try {
      if (!fresh(held)) {
        fetch();
      }
      return held.issued().credentials();
    } finally {
      fetching.unlock();
    }
  }

  private void fetch() {
    Failed last = failed;
    if (last != null && recentlyFailed(SHARED_FAILURE)) {
      throw new CredentialsException(last.failure());
    }
    try {
      Issued next = source.fetch();
      requireUnexpired(next);
      held = Held.of(next, time.now());
      failed = null;
    } catch (BackendFailure e) {
      failed = new Failed(e, time.now());
      throw new CredentialsException(e);
    }
  }

  /** There are credentials still: the failure is told once they have expired too. */
  private void fetchQuietly() {
    if (fresh(held)) {
      return;
    }
    try {
      fetch();
    } catch (CredentialsException e) {
      // It is remembered, and keeps others from asking for a while.
      return;
    }
  }

  private boolean fresh(Held credentials) {
    return !credentials.equals(refused) && time.now().isBefore(credentials.refreshAt());
  }

  private boolean recentlyFailed(Duration within) {
    Failed last = failed;
    return last != null && time.now().isBefore(last.at().plus(within));
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
