package dev.enclave.core.internal.call;

import dev.enclave.core.internal.redaction.Unexpected;
import dev.enclave.spi.observation.CallObserver;
import dev.enclave.spi.observation.ObservedCall;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Those who are told of operations, whatever they do with it. Thread-safe. */
public final class Observers {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final List<CallObserver> observers;
  private final AtomicBoolean complained = new AtomicBoolean();

  public Observers(List<CallObserver> observers) {
    this.observers = List.copyOf(observers);
  }

  /** Whether there are none: then nothing is measured for them. */
  public boolean none() {
    return observers.isEmpty();
  }

  /** Tells all of them. */
  public void ended(ObservedCall call) {
    for (CallObserver observer : observers) {
      try {
        observer.ended(call);
      } catch (Exception | Error e) {
        Unexpected.rethrowFatal(e);
        if (!complained.getAndSet(true)) {
          LOG.log(
              System.Logger.Level.WARNING,
              "Observer {0} threw {1}, which changes nothing but what it observes. Mend it; what it"
                  + " throws is logged once.",
              observer.getClass().getName(),
              e.getClass().getName());
        }
      }
    }
  }
}
