package dev.enclave.emulators.internal.vault.common;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Immutable values by their names, as storage has them: the active node sees the newest, and a
 * standby what was written until some moment. Thread-safe.
 */
public final class Replicated<T> {

  private record Write<T>(Instant time, Optional<T> value) {}

  private final Map<String, List<Write<T>>> writes = new TreeMap<>();

  /** The value as it is seen at {@code seenAt}. */
  public synchronized Optional<T> get(String name, Instant seenAt) {
    List<Write<T>> all = writes.getOrDefault(name, List.of());
    for (int index = all.size() - 1; index >= 0; index--) {
      if (!all.get(index).time().isAfter(seenAt)) {
        return all.get(index).value();
      }
    }
    return Optional.empty();
  }

  /** The newest value. */
  public Optional<T> get(String name) {
    return get(name, Instant.MAX);
  }

  /** The names of all values seen at {@code seenAt}, in order. */
  public synchronized List<String> names(Instant seenAt) {
    return writes.keySet().stream().filter(name -> get(name, seenAt).isPresent()).toList();
  }

  /**
   * Changes the newest value in one step: {@code change} gets it, empty if there is none, and gives
   * what is there from now on. What it throws changes nothing.
   */
  public synchronized Optional<T> update(
      String name, Instant now, UnaryOperator<Optional<T>> change) {
    Optional<T> changed = change.apply(get(name));
    writes.computeIfAbsent(name, any -> new ArrayList<>()).add(new Write<>(now, changed));
    return changed;
  }
}
