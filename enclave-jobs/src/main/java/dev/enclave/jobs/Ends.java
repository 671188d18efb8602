package dev.enclave.jobs;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What this process has seen end: a row as it was before its ticket ended is as genuine as it was
 * then, and nothing in a table that others write could say that it is old. Thread-safe.
 */
final class Ends {

  /** Some ten megabytes; the oldest goes first. */
  private static final int MOST = 100_000;

  private final Map<String, Long> fences =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  /** Takes a row that has ended; another is ignored. */
  synchronized void remember(Row row) {
    if (row.state().ended()) {
      fences.merge(row.id(), row.fence(), Math::max);
    }
  }

  synchronized boolean known(String ticket) {
    return fences.containsKey(ticket);
  }

  /** Whether a row is of before the end that was seen. */
  synchronized boolean precedes(Row row) {
    long fence = fences.getOrDefault(row.id(), -1L);
    return row.fence() < fence || (row.fence() == fence && !row.state().ended());
  }
}
