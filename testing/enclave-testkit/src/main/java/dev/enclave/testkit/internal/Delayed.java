package dev.enclave.testkit.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A value whose changes are seen some time after they were made. Guarded by its owner. */
public final class Delayed<T> {

  private record Write<T>(Instant at, T value) {}

  private final List<Write<T>> writes = new ArrayList<>();

  public void write(T value, Instant now) {
    writes.add(new Write<>(now, value));
  }

  /** What a read at {@code now} sees; nothing if the first write is still on its way. */
  public Optional<T> seen(Instant now, Duration delay) {
    Optional<T> seen = Optional.empty();
    for (Write<T> write : writes) {
      if (!write.at().plus(delay).isAfter(now)) {
        seen = Optional.of(write.value());
      }
    }
    return seen;
  }
}
