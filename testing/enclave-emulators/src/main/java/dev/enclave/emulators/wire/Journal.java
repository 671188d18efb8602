package dev.enclave.emulators.wire;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The requests that a server received, oldest first. A request is in it before its answer can be
 * read by the client.
 *
 * <p>Thread-safe.
 */
public final class Journal {

  private final int capacity;
  private final Deque<JournalEntry> entries = new ArrayDeque<>();
  private long recorded;

  private Journal(int capacity) {
    this.capacity = capacity;
  }

  /** A journal that forgets nothing. */
  public static Journal unbounded() {
    return new Journal(Integer.MAX_VALUE);
  }

  /** A journal of the last {@code capacity} requests. */
  public static Journal ofLast(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + " is under 1; keep at least one");
    }
    return new Journal(capacity);
  }

  /** Adds an entry; for servers. */
  public synchronized void record(JournalEntry entry) {
    if (entries.size() == capacity) {
      entries.removeFirst();
    }
    entries.addLast(entry);
    recorded++;
  }

  /** What is kept, oldest first; a copy. */
  public synchronized List<JournalEntry> entries() {
    return List.copyOf(entries);
  }

  /** What is kept of one operation, oldest first. */
  public synchronized List<JournalEntry> of(String operation) {
    return entries.stream().filter(entry -> entry.operation().equals(operation)).toList();
  }

  /** The entry of one request, if it is kept. */
  public synchronized Optional<JournalEntry> byRequestId(String requestId) {
    return entries.stream().filter(entry -> entry.requestId().equals(requestId)).findFirst();
  }

  /** How many requests were recorded since the start, or since {@link #clear}. */
  public synchronized long recorded() {
    return recorded;
  }

  /** Forgets everything. */
  public synchronized void clear() {
    entries.clear();
    recorded = 0;
  }
}
