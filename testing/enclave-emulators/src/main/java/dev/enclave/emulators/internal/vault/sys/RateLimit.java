package dev.enclave.emulators.internal.vault.sys;

import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** A rate limit quota of all paths but those that a node answers by itself. Thread-safe. */
public final class RateLimit {

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final int most;
  private final Deque<Instant> taken = new ArrayDeque<>();

  /** So many requests in any second of the server's clock. */
  public RateLimit(int most) {
    this.most = most;
  }

  /**
   * Counts a request ({@code http/util.go}, rateLimitQuotaWrapping).
   *
   * @throws VaultFailure 429 if there were too many
   */
  public synchronized void count(String path, Instant now) {
    while (!taken.isEmpty() && !taken.getFirst().isAfter(now.minus(INTERVAL))) {
      taken.removeFirst();
    }
    if (taken.size() >= most) {
      throw exceeded(path);
    }
    taken.addLast(now);
  }

  /** What is said of one request too many. */
  public static VaultFailure exceeded(String path) {
    return VaultFailure.of(429, "request path \"" + path + "\": rate limit quota exceeded");
  }
}
