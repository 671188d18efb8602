package dev.enclave.core.internal.rotation;

import dev.enclave.admin.RotationListener;
import dev.enclave.internal.Unexpected;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Those who are told of rotations, whatever they do with it. Thread-safe. */
final class Listeners {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final List<RotationListener> listeners;
  private final AtomicBoolean complained = new AtomicBoolean();

  Listeners(List<RotationListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  void tell(Consumer<RotationListener> news) {
    for (RotationListener listener : listeners) {
      try {
        news.accept(listener);
      } catch (Exception | Error e) {
        Unexpected.rethrowFatal(e);
        if (!complained.getAndSet(true)) {
          LOG.log(
              System.Logger.Level.WARNING,
              "Rotation listener {0} threw {1}, which changes nothing of the rotation. Mend it;"
                  + " what it throws is logged once.",
              listener.getClass().getName(),
              e.getClass().getName());
        }
      }
    }
  }
}
