package dev.enclave.scenarios;

import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import java.time.Duration;

/**
 * Stands before several servers at once, and lets one process reach them up to some request: what
 * comes after it meets nothing but reset connections, at every server. Thread-safe.
 */
final class Cut implements Interceptor {

  private long left = Long.MAX_VALUE;
  private long seen;
  private boolean lastIsApplied;
  private Duration delay = Duration.ZERO;

  /** Everything is reached, and requests are counted from 0. */
  synchronized void none() {
    left = Long.MAX_VALUE;
    seen = 0;
  }

  /**
   * The process ends at a request.
   *
   * @param last how many requests are answered before
   * @param applied whether that request is carried out, and its answer lost
   */
  synchronized void after(long last, boolean applied) {
    left = last;
    seen = 0;
    lastIsApplied = applied;
  }

  /** Every answer takes so much longer from now on. */
  synchronized void delay(Duration longer) {
    delay = longer;
  }

  /** How many requests came since, with those that were reset. */
  synchronized long seen() {
    return seen;
  }

  @Override
  public Delivery intercept(ServiceRequest request, Service service) {
    boolean answered;
    boolean applied;
    Duration later;
    synchronized (this) {
      answered = seen < left;
      applied = seen == left && lastIsApplied;
      seen++;
      later = delay;
    }
    if (answered && !later.isZero()) {
      return Delivery.after(later, () -> Delivery.answer(service.handle(request)));
    }
    if (answered) {
      return Delivery.answer(service.handle(request));
    }
    if (applied) {
      service.handle(request);
    }
    return Delivery.reset();
  }
}
