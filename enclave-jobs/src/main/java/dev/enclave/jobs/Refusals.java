package dev.enclave.jobs;

import dev.enclave.spi.deferral.DeferralContext;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Records each refused row once for each process, however often it is met or asked for: who may
 * write the table, or may ask for tickets, does not fill the audit log. Thread-safe: nobody is told
 * of a refusal before it is recorded.
 */
final class Refusals {

  /** Some megabytes; the oldest is forgotten first, and recorded again if it is met again. */
  private static final int MOST = 10_000;

  private final DeferralContext context;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<String> recorded =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MOST;
            }
          });

  Refusals(DeferralContext context) {
    this.context = context;
  }

  void record(String ticket, String why) {
    lock.lock();
    try {
      if (!recorded.contains(ticket)) {
        context.refused(ticket, why);
        recorded.add(ticket);
      }
    } finally {
      lock.unlock();
    }
  }
}
