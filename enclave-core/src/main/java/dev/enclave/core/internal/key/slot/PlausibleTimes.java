package dev.enclave.core.internal.key.slot;

import dev.enclave.KeyVersion;
import dev.enclave.spi.KeySnapshot;
import java.time.Instant;
import java.util.Optional;

/**
 * Readings without activations in the future: somebody's clock was ahead, and by that time the key
 * would not be due for long.
 */
final class PlausibleTimes {

  private PlausibleTimes() {}

  static KeySnapshot of(KeySnapshot snapshot, Instant now) {
    Instant latest = now.plus(VersionLife.CLOCKS_APART);
    return snapshot.versions().stream().noneMatch(version -> isAfter(version, latest))
        ? snapshot
        : snapshot.withVersions(
            snapshot.versions().stream()
                .map(v -> isAfter(v, latest) ? v.withActivatedAt(Optional.empty()) : v)
                .toList());
  }

  private static boolean isAfter(KeyVersion version, Instant latest) {
    return version.activatedAt().filter(at -> at.isAfter(latest)).isPresent();
  }
}
