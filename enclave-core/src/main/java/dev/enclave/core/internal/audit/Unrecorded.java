package dev.enclave.core.internal.audit;

import dev.enclave.spi.audit.AuditEvent;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many records could not be written: the next one that can be says so, wherever operations go
 * on without. Thread-safe.
 */
final class Unrecorded {

  static final String MEMBER = "unrecordedBefore";

  private final AtomicLong count = new AtomicLong();

  /** The details of a record that is about to be written. */
  Map<String, String> into(Map<String, String> details) {
    long missing = count.get() == 0 ? 0 : count.getAndSet(0);
    if (missing == 0) {
      return details;
    }
    Map<String, String> more = new TreeMap<>(details);
    more.put(MEMBER, Long.toString(missing));
    return more;
  }

  /** Takes a record that was not written, with those that it was to tell of. */
  void add(AuditEvent event) {
    count.addAndGet(1 + Long.parseLong(event.details().getOrDefault(MEMBER, "0")));
  }
}
