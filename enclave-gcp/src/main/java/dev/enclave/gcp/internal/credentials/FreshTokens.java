package dev.enclave.gcp.internal.credentials;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An access token kept fresh: fetched anew ahead of its end by one caller while the others go on
 * with the one at hand, which also serves on while the source fails. Thread-safe; no thread of its
 * own.
 */
public final class FreshTokens implements Tokens {

  /** Google's metadata servers have a new one five minutes before the last one ends. */
  private static final Duration AHEAD = Duration.ofMinutes(4);

  /** What ends while the request is on its way is of no use. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** A source that fails, or hands out what Google refuses, is not asked more often than this. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private record Held(AccessToken token, Instant fetchedAt) {}

  private final TokenSource source;
  private final TimeSource time;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable Held held;

  /** One of which Google said that it is none; another may be held by now. */
  private volatile @Nullable Held refused;

  private volatile @Nullable Instant failedAt;

  FreshTokens(TokenSource source, TimeSource time) {
    this.source = source;
    this.time = time;
  }

  @Override
  public String token() throws BackendFailure {
    Held now = held;
    if (now == null || now.equals(refused) || ended(now)) {
      return whenFetched();
    }
    if (due(now) && !recentlyFailed() && fetching.tryLock()) {
      try {
        fetchQuietly();
      } finally {
        fetching.unlock();
      }
    }
    return now.token().value();
  }

  @Override
  public void refused() {
    Held now = held;
    if (now != null && !time.now().isBefore(now.fetchedAt().plus(PAUSE))) {
      refused = now;
    }
  }

  @Override
  public String named() {
    return source.named();
  }

  private String whenFetched() throws BackendFailure {
    try {
      fetching.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.transientFailure(
          FailureCode.TIMEOUT,
          "Waiting for an access token from " + source.named() + " was interrupted. Try again.");
    }
    try {
      Held now = held;
      if (now != null && !now.equals(refused) && !ended(now)) {
        return now.token().value();
      }
      return fetch().token().value();
    } finally {
      fetching.unlock();
    }
  }

  private Held fetch() throws BackendFailure {
    AccessToken token = source.fetch();
    if (!time.now().isBefore(token.expiresAt())) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "The access token from "
              + source.named()
              + " ended at "
              + token.expiresAt()
              + ", before now. Check this machine's clock and the source.");
    }
    Held next = new Held(token, time.now());
    held = next;
    failedAt = null;
    return next;
  }

  /** There is one still: the failure is told once that has ended too. */
  private void fetchQuietly() {
    try {
      fetch();
    } catch (BackendFailure e) {
      failedAt = time.now();
    }
  }

  private boolean due(Held now) {
    return !time.now().isBefore(now.token().expiresAt().minus(AHEAD));
  }

  private boolean ended(Held now) {
    return !time.now().isBefore(now.token().expiresAt().minus(MARGIN));
  }

  private boolean recentlyFailed() {
    Instant last = failedAt;
    return last != null && time.now().isBefore(last.plus(PAUSE));
  }

  /** Where they come from, nothing of what they are. */
  @Override
  public String toString() {
    return "FreshTokens[" + source.named() + "]";
  }
}
