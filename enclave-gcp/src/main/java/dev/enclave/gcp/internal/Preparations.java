package dev.enclave.gcp.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which version an operation made, or which ones there were before it tried: Cloud KMS takes no
 * token by which a repetition could be told, and a version no label. What is forgotten here, with
 * the process or because there is too much of it, may leave a version that nobody uses.
 * Thread-safe.
 */
final class Preparations {

  private static final int MOST = 1_000;

  /**
   * What is known of an operation.
   *
   * @param before the versions before its first attempt
   * @param made the version it made; 0 while that is not known
   */
  private record Preparation(Set<Integer> before, int made) {}

  private final Map<String, Preparation> byOperation =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Preparation> eldest) {
          return size() > MOST;
        }
      };

  /** The version it made, if that is known. */
  synchronized Optional<Integer> made(String operationId) {
    Preparation preparation = byOperation.get(operationId);
    return preparation == null || preparation.made() == 0
        ? Optional.empty()
        : Optional.of(preparation.made());
  }

  /** An attempt is about to be made; only the first one notes what there was before. */
  synchronized void begin(String operationId, Set<Integer> versions) {
    byOperation.putIfAbsent(operationId, new Preparation(new TreeSet<>(versions), 0));
  }

  synchronized void made(String operationId, int number) {
    byOperation.put(operationId, new Preparation(Set.of(), number));
  }

  /** The versions that came since its first attempt, which may have made one; lowest first. */
  synchronized List<Integer> since(String operationId, Set<Integer> versions) {
    Preparation preparation = byOperation.get(operationId);
    if (preparation == null) {
      return List.of();
    }
    Set<Integer> since = new TreeSet<>(versions);
    since.removeAll(preparation.before());
    // What another operation of this process made is known to be that one's.
    byOperation.values().forEach(other -> since.remove(other.made()));
    return List.copyOf(since);
  }
}
