package dev.enclave.core.internal.key;

import dev.enclave.KeyVersionId;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often one key is read anew for versions that its newest reading does not have: anybody may
 * name any, and another process may just have made one. Thread-safe.
 */
public final class VersionLookUps {

  /** So many of one key at once, and then one in two seconds: each is some three requests. */
  static final int AT_ONCE = 5;

  static final Duration EVERY = Duration.ofSeconds(2);

  /** So long a version stays unknown once it was looked for. */
  static final Duration LIFETIME = Duration.ofSeconds(1);

  /** So many are remembered. */
  static final int MOST = 256;

  private static final int ALL_AT_ONCE = 50;
  private static final Duration EVERY_OF_ALL = Duration.ofMillis(100);

  private final TimeSource time;
  private final RateLimit own;
  private final RateLimit all;
  private final Map<KeyVersionId, Long> askedAtNanos = new LinkedHashMap<>();

  /**
   * Of one key.
   *
   * @param all what the keys of a process have together
   */
  public VersionLookUps(TimeSource time, RateLimit all) {
    this.time = time;
    this.all = all;
    this.own = new RateLimit(time, AT_ONCE, EVERY);
  }

  /** What the keys of a process have together. */
  public static RateLimit ofAllKeys(TimeSource time) {
    return new RateLimit(time, ALL_AT_ONCE, EVERY_OF_ALL);
  }

  /** Whether the key may be read for that version now, as the caller then does. */
  public synchronized boolean mayLookFor(KeyVersionId id) {
    long now = time.nanoTime();
    Long before = askedAtNanos.get(id);
    boolean unknown = before != null && now - before < LIFETIME.toNanos();
    if (unknown || !own.take() || !all.take()) {
      return false;
    }
    askedAtNanos.remove(id);
    askedAtNanos.put(id, now);
    if (askedAtNanos.size() > MOST) {
      askedAtNanos.remove(askedAtNanos.keySet().iterator().next());
    }
    return true;
  }

  /** So many at once, and one more after each while. Thread-safe. */
  static final class RateLimit {

    private final TimeSource time;
    private final long everyNanos;
    private final long mostNanos;
    private long sinceNanos;

    /** A full one. */
    public RateLimit(TimeSource time, int atOnce, Duration every) {
      this.time = time;
      this.everyNanos = every.toNanos();
      this.mostNanos = Math.multiplyExact(everyNanos, (long) atOnce);
      this.sinceNanos = time.nanoTime() - mostNanos;
    }

    /** Takes one, if there is one. */
    synchronized boolean take() {
      long now = time.nanoTime();
      long saved = Math.min(mostNanos, now - sinceNanos);
      if (saved < everyNanos) {
        return false;
      }
      sinceNanos = now - saved + everyNanos;
      return true;
    }
  }
}
