package dev.enclave.emulators.internal.lag;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A value whose changes are seen late: eventual consistency. Thread-safe. */
public final class Lagging<T> {

  private record Change<T>(Instant visible, Optional<T> value) {}

  private final Duration lag;
  private final Deque<Change<T>> changes = new ArrayDeque<>();

  /** Nothing, for ever before {@code now}, and {@code first} from then on, with the lag. */
  public Lagging(Duration lag, T first, Instant now) {
    this.lag = lag;
    changes.add(new Change<>(Instant.MIN, Optional.empty()));
    changes.add(new Change<>(now.plus(lag), Optional.of(first)));
  }

  /** Changes the value; empty means that it is gone. */
  public synchronized void set(Optional<T> value, Instant now) {
    changes.addLast(new Change<>(now.plus(lag), value));
  }

  /** The value as it is. */
  public synchronized Optional<T> latest() {
    return changes.getLast().value();
  }

  /** The value as readers see it at {@code now}. */
  public synchronized Optional<T> visible(Instant now) {
    while (changes.size() > 1) {
      Change<T> oldest = changes.removeFirst();
      if (changes.getFirst().visible().isAfter(now)) {
        changes.addFirst(oldest);
        break;
      }
    }
    return changes.getFirst().value();
  }

  /** Whether nothing is there and nobody sees anything any more. */
  public synchronized boolean forgotten(Instant now) {
    return visible(now).isEmpty() && latest().isEmpty();
  }
}
