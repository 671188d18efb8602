package dev.enclave.core.internal.audit;

import dev.enclave.spi.audit.AuditEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many records could not be written: the next one that can be says so, wherever operations go
 * on without. Thread-safe.
 */
final class Unrecorded {

  static final String MEMBER = "unrecordedBefore";

  private static final int MOST_NAMED = 5;

  private final AtomicLong count = new AtomicLong();
  private final List<AuditEvent> named = new ArrayList<>();

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
    synchronized (named) {
      long before = Long.parseLong(event.details().getOrDefault(MEMBER, "0"));
      if (count.getAndAdd(1 + before) + before == 0) {
        named.clear(); // A record has told of those.
      }
      if (named.size() < MOST_NAMED
          && named.stream().noneMatch(e -> e.operationId().equals(event.operationId()))) {
        named.add(event);
      }
    }
  }

  /** At the end: throws when there are some that no later record has told of. */
  void requireNone(@Nullable String why) {
    synchronized (named) {
      if (count.get() > 0) {
        throw AuditTrouble.lost(named, count.get(), why);
      }
    }
  }
}
