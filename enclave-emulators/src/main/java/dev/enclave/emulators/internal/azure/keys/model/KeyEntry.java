package dev.enclave.emulators.internal.azure.keys.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  KeyEntry visibleFrom(Instant instant) {
    return new KeyEntry(name, versions, policy, instant);
  }
}
