package dev.enclave.kit.record;

import dev.enclave.KeyName;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** What this process holds of each key, and for how long it may. Thread-safe. */
final class HeldKeys implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private final TimeSource time;
  private final long lifetime;
  private final ConcurrentMap<KeyName, Held> keys = new ConcurrentHashMap<>();
  private volatile long sweptAt;

  HeldKeys(Duration lifetime, TimeSource time) {
    this.time = time;
    this.lifetime = lifetime.compareTo(LONGEST) >= 0 ? Long.MAX_VALUE : lifetime.toNanos();
    this.sweptAt = time.nanoTime();
  }

  Held of(KeyName name) {
    Held held = keys.get(name);
    return held != null ? held : keys.computeIfAbsent(name, unused -> new Held());
  }

  /** Forgets what was discarded. */
  void remove(KeyName name, Held discarded) {
    keys.remove(name, discarded);
  }

  /** The newest reading; one that is older than it may be is overwritten instead. */
  @Nullable Reading newest(Held held) {
    Reading newest = held.reading();
    if (newest != null && !isAlive(newest)) {
      held.overwrite(newest);
      return null;
    }
    return newest;
  }

  private boolean isAlive(Reading reading) {
    return lifetime == Long.MAX_VALUE || time.nanoTime() - reading.openedAt() < lifetime;
  }

  /** Overwrites what is older than it may be; looks for that four times a lifetime at most. */
  void overwriteExpired() {
    if (lifetime == Long.MAX_VALUE) {
      return;
    }
    long now = time.nanoTime();
    if (now - sweptAt >= lifetime / 4) {
      sweptAt = now;
      keys.values().forEach(this::newest);
    }
  }

  /** Overwrites everything secret. */
  @Override
  public void close() {
    keys.values().forEach(Held::overwrite);
    keys.clear();
  }
}
