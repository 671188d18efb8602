package dev.enclave.gcp.internal;

import dev.enclave.KeyName;
import dev.enclave.kit.key.Decision;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the last decision of a key where each is a record of its own, by its number. A record never
 * changes, so that a search goes on from the last one that this process knows. Thread-safe.
 */
final class NumberedRecords {

  /** Reads one. */
  @FunctionalInterface
  public interface Reading {

    /** The decision of that number; nothing if nobody recorded it. */
    Optional<Decision> find(KeyName name, int number, CallContext call) throws BackendFailure;
  }

  private final Reading reading;
  private final Map<KeyName, Decision> known = new ConcurrentHashMap<>();

  public NumberedRecords(Reading reading) {
    this.reading = reading;
  }

  /**
   * The last one of a key.
   *
   * @param first what holds if nobody recorded any
   */
  public Decision last(KeyName name, Decision first, CallContext call) throws BackendFailure {
    return learn(name, lastFrom(name, known.getOrDefault(name, first), call));
  }

  /** Remembers one that was recorded or found; of several the one with the highest number. */
  public Decision learn(KeyName name, Decision decision) {
    known.merge(name, decision, (a, b) -> a.number() > b.number() ? a : b);
    return decision;
  }

  /** By doubling steps from one that is there, then by halving them. */
  public Decision lastFrom(KeyName name, Decision from, CallContext call) throws BackendFailure {
    Decision there = from;
    int missing = 0;
    for (int step = 1; missing == 0; step *= 2) {
      Optional<Decision> next = reading.find(name, there.number() + step, call);
      if (next.isPresent()) {
        there = next.get();
      } else {
        missing = there.number() + step;
      }
    }
    while (missing - there.number() > 1) {
      int middle = (there.number() + missing) / 2;
      Optional<Decision> next = reading.find(name, middle, call);
      if (next.isPresent()) {
        there = next.get();
      } else {
        missing = middle;
      }
    }
    return there;
  }
}
