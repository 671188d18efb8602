package dev.enclave.emulators.internal.azure.keys.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one region of a managed HSM writes, on its way to the other. Thread-safe. */
final class Replication {

  private record Arrival(Instant at, Runnable change) {}

  private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
  private volatile @Nullable KeyVault other;
  private volatile Duration late = Duration.ZERO;

  /** From now on, changes go there and arrive so much later. */
  void to(KeyVault newOther, Duration newLate) {
    late = newLate;
    other = newOther;
  }

  /** Sends a change to the other region, if there is one. */
  void send(Instant now, Consumer<KeyVault> change) {
    KeyVault there = other;
    if (there != null) {
      there.expect(now.plus(late), () -> change.accept(there));
    }
  }

  void expect(Instant at, Runnable change) {
    arrivals.add(new Arrival(at, change));
  }

  /** Makes the changes that have arrived, in the order in which they were sent. */
  void receive(Instant now) {
    for (Arrival next = arrivals.peek();
        next != null && !next.at().isAfter(now);
        next = arrivals.peek()) {
      arrivals.remove();
      next.change().run();
    }
  }
}
