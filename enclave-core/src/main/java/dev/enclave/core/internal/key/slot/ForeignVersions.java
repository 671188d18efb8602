package dev.enclave.core.internal.key.slot;

import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.KeySnapshot;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Versions of a key that nobody of Enclave's made, each told of once. Thread-safe. */
final class ForeignVersions {

  private final Consumer<KeyVersion> listener;
  private final Set<KeyVersionId> told = ConcurrentHashMap.newKeySet();

  /**
   * @param listener if it throws, it is told again
   */
  ForeignVersions(Consumer<KeyVersion> listener) {
    this.listener = listener;
  }

  void tell(KeySnapshot snapshot) {
    for (KeyVersion version : snapshot.versions()) {
      if (version.state() == KeyState.PENDING
          && version.origin() == KeyOrigin.UNKNOWN
          && told.add(version.id())) {
        boolean heard = false;
        try {
          listener.accept(version);
          heard = true;
        } finally {
          if (!heard) {
            told.remove(version.id());
          }
        }
      }
    }
  }
}
