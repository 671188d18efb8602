package dev.enclave.emulators.internal.azure.keys.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A key. Immutable.
 *
 * @param name as it was first given
 * @param versions in the order they were made; at least one
 * @param policy of its rotation
 * @param visible from when on it is found
 */
public record KeyEntry(
    String name, List<KeyVersion> versions, Optional<RotationPolicy> policy, Instant visible) {

  public KeyEntry {
    versions = List.copyOf(versions);
  }

  static KeyEntry of(String name, KeyVersion version) {
    return new KeyEntry(name, List.of(version), Optional.empty(), Instant.MIN);
  }

  public KeyVersion current() {
    return versions.get(versions.size() - 1);
  }

  Optional<KeyVersion> version(String id) {
    return versions.stream().filter(version -> version.id().equalsIgnoreCase(id)).findFirst();
  }

  public KeyEntry with(KeyVersion version) {
    List<KeyVersion> more = new ArrayList<>(versions);
    more.add(version);
    return new KeyEntry(name, more, policy, visible);
  }

  public KeyEntry replacing(KeyVersion version) {
    List<KeyVersion> changed =
        versions.stream().map(old -> old.id().equals(version.id()) ? version : old).toList();
    return new KeyEntry(name, changed, policy, visible);
  }

  public KeyEntry with(RotationPolicy newPolicy) {
    return new KeyEntry(name, versions, Optional.of(newPolicy), visible);
  }

  /**
   * What becomes of it where the other region's state of the key arrives: the versions of both, and
   * of one version what was written last.
   */
  KeyEntry merged(KeyEntry theirs) {
    Map<String, KeyVersion> merged = new LinkedHashMap<>();
    versions.forEach(version -> merged.put(version.id(), version));
    theirs
        .versions()
        .forEach(version -> merged.merge(version.id(), version, KeyEntry::writtenLater));
    List<KeyVersion> byAge =
        merged.values().stream()
            .sorted(
                Comparator.<KeyVersion>comparingLong(version -> version.attributes().created())
                    .thenComparing(KeyVersion::id))
            .toList();
    return new KeyEntry(name, byAge, theirs.policy().or(() -> policy), visible);
  }

  /** In both regions the same one, also of two that were written in one second. */
  private static KeyVersion writtenLater(KeyVersion one, KeyVersion other) {
    Comparator<KeyVersion> order =
        Comparator.<KeyVersion>comparingLong(version -> version.attributes().updated())
            .thenComparing(version -> new TreeMap<>(version.tags()).toString())
            .thenComparing(version -> version.attributes().enabled());
    return order.compare(one, other) >= 0 ? one : other;
  }

  KeyEntry visibleFrom(Instant instant) {
    return new KeyEntry(name, versions, policy, instant);
  }
}
