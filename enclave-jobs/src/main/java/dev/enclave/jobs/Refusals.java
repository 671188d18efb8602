package dev.enclave.jobs;

import dev.enclave.spi.deferral.DeferralContext;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Records each refused row once for each process, however often it is met or asked for: who may
 * write the table, or may ask for tickets, does not fill the audit log. Thread-safe.
 */
final class Refusals {

  /** Some megabytes; the oldest is forgotten first, and recorded again if it is met again. */
  private static final int MOST = 10_000;

  private final DeferralContext context;
  private final Set<String> recorded =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > MOST;
                }
              }));

  Refusals(DeferralContext context) {
    this.context = context;
  }

  void record(String ticket, String why) {
    if (recorded.add(ticket)) {
      boolean written = false;
      try {
        context.refused(ticket, why);
        written = true;
      } finally {
        if (!written) {
          recorded.remove(ticket);
        }
      }
    }
  }
}
