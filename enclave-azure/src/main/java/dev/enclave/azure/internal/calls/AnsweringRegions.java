package dev.enclave.azure.internal.calls;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether answers of one vault or managed HSM came from more than one region. Thread-safe. */
public final class AnsweringRegions {

  /**
   * Two regions that answered.
   *
   * @param one the region that answered first
   * @param other another that answered later
   */
  public record Two(String one, String other) {}

  private final AtomicReference<@Nullable String> first = new AtomicReference<>();
  private volatile @Nullable Two two;

  void note(String region) {
    String named = region.toLowerCase(Locale.ROOT);
    first.compareAndSet(null, named);
    String one = first.get();
    if (one != null && !one.equals(named) && two == null) {
      two = new Two(one, named);
    }
  }

  /** The first two that were not the same. */
  public Optional<Two> two() {
    return Optional.ofNullable(two);
  }
}
