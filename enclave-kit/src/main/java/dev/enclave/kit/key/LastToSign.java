package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The version that could sign when a key was read last: by it a backend finds out whether signing
 * would work, and whether this identity may. Thread-safe.
 */
public final class LastToSign {

  /**
   * A version that signed, or could have, when it was read last.
   *
   * @param uri the service's own name of the version
   * @param algorithm its scheme
   */
  public record Usable(String uri, KeyAlgorithm algorithm) {}

  private final AtomicReference<@Nullable Usable> last = new AtomicReference<>();

  /** Remembers a version that is active and signs. */
  public void note(Usable version) {
    last.set(version);
  }

  /** The version to try; none before any was read. */
  public Optional<Usable> get() {
    return Optional.ofNullable(last.get());
  }
}
