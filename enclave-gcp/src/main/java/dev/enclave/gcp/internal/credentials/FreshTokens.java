package dev.enclave.gcp.internal.credentials;

import dev.enclave.cloud.SharedFetch;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An access token kept fresh: fetched anew ahead of its end while callers go on with the one at
 * hand, which also serves on while the source fails. Who needs another waits no longer than its own
 * deadline. Thread-safe.
 */
public final class FreshTokens implements Tokens {

  /** Google's metadata servers have a new one five minutes before the last one ends. */
  private static final Duration AHEAD = Duration.ofMinutes(4);

  /** What ends while the request is on its way is of no use. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** A source that fails, or hands out what Google refuses, is not asked more often than this. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  /**
   * A token. It ends when the wall clock says so: most sources give a date.
   *
   * @param pause another is not fetched instead of a refused one before that
   */
  private record Held(AccessToken token, Deadline pause) {}

  private final TokenSource source;
  private final TimeSource time;
  private final SharedFetch fetch;
  private volatile @Nullable Held held;

  /** One of which Google said that it is none; another may be held by now. */
  private volatile @Nullable Held refused;

  FreshTokens(TokenSource source, TimeSource time) {
    this.source = source;
    this.time = time;
    this.fetch = new SharedFetch(awaited(), this::fetch, time);
  }

  FreshTokens(TokenSource source, TimeSource time, Executor threads) {
    this.source = source;
    this.time = time;
    this.fetch = new SharedFetch(awaited(), this::fetch, time, threads);
  }

  private String awaited() {
    return "An access token from " + source.named();
  }

  @Override
  public String token(CallContext call) throws BackendFailure {
    Held now = held;
    if (now == null || !usable(now)) {
      fetch.await(call);
    } else if (due(now)) {
      fetch.begin(PAUSE);
    }
    Held newest = held;
    if (newest == null) {
      throw new IllegalStateException("a token was fetched and is not there");
    }
    return newest.token().value();
  }

  @Override
  public void refused() {
    Held now = held;
    if (now != null && now.pause().passed()) {
      refused = now;
    }
  }

  @Override
  public String named() {
    return source.named();
  }

  private void fetch() throws BackendFailure {
    Held now = held;
    if (now != null && usable(now) && !due(now)) {
      // Fetched since it was asked for.
      return;
    }
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
    held = new Held(token, Deadline.in(PAUSE, time));
  }

  private boolean usable(Held now) {
    return !now.equals(refused) && time.now().isBefore(now.token().expiresAt().minus(MARGIN));
  }

  private boolean due(Held now) {
    return !time.now().isBefore(now.token().expiresAt().minus(AHEAD));
  }

  /** Where they come from, nothing of what they are. */
  @Override
  public String toString() {
    return "FreshTokens[" + source.named() + "]";
  }
}
