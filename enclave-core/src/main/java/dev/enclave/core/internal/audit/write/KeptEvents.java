package dev.enclave.core.internal.audit.write;

import dev.enclave.spi.audit.AuditEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Events that were accepted before a failure and have not been written since, in their order. Not
 * thread-safe.
 */
final class KeptEvents {

  private final Deque<AuditEvent> events = new ArrayDeque<>();

  boolean isEmpty() {
    return events.isEmpty();
  }

  int size() {
    return events.size();
  }

  List<AuditEvent> list() {
    return List.copyOf(events);
  }

  void add(AuditEvent event) {
    events.addLast(event);
  }

  /**
   * Writes the first of them with one call, unforced, and forgets those.
   *
   * @throws IOException if they could not be written; none is forgotten then
   */
  void writeSome(AuditLane lane, int most, int mostBytes) throws IOException {
    int count = 0;
    for (AuditEvent event : events) {
      if (count == most || lane.pending() >= mostBytes) {
        break;
      }
      lane.add(event);
      count++;
    }
    lane.write();
    lane.commit();
    for (int i = 0; i < count; i++) {
      events.removeFirst();
    }
  }
}
