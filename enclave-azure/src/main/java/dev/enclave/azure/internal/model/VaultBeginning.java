package dev.enclave.azure.internal.model;

import dev.enclave.KeyState;
import dev.enclave.azure.internal.model.VaultTags.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a key can begin with: a version that was made to be the first, or the whole of what came
 * from elsewhere.
 *
 * @param versions in their order; at least one
 * @param second from when on it is there, by the vault's clock, in seconds since 1970
 */
record VaultBeginning(List<VaultVersion> versions, long second) {

  VaultBeginning {
    versions = List.copyOf(versions);
  }

  /** All that there are among versions of one key, which are sorted by age. */
  static List<VaultBeginning> of(List<VaultVersion> byAge) {
    List<VaultBeginning> beginnings = new ArrayList<>();
    for (VaultVersion version : byAge) {
      if (version.tags().purpose().filter(Purpose.CREATION::equals).isPresent()) {
        beginnings.add(new VaultBeginning(List.of(version), version.createdSecond()));
      }
    }
    byAge.stream()
        .filter(version -> version.tags().restored().isPresent())
        .map(version -> version.tags().operationId())
        .distinct()
        .forEach(operation -> whole(parts(byAge, operation)).ifPresent(beginnings::add));
    return beginnings;
  }

  /** What one operation brought, by their places: the oldest of each. */
  static Map<Integer, VaultVersion> parts(List<VaultVersion> byAge, String operationId) {
    Map<Integer, VaultVersion> parts = new TreeMap<>();
    for (VaultVersion version : byAge) {
      if (version.tags().operationId().equals(operationId)) {
        version.tags().restored().ifPresent(part -> parts.putIfAbsent(part.position(), version));
      }
    }
    return parts;
  }

  private static Optional<VaultBeginning> whole(Map<Integer, VaultVersion> parts) {
    boolean whole =
        parts.values().stream()
            .allMatch(v -> v.tags().restored().filter(p -> p.of() == parts.size()).isPresent());
    return whole
        ? Optional.of(
            new VaultBeginning(
                List.copyOf(parts.values()),
                parts.values().stream().mapToLong(VaultVersion::createdSecond).max().orElseThrow()))
        : Optional.empty();
  }

  /** What a version was made for, so that what was made twice is known. */
  static String task(VaultVersion version) {
    return version.tags().operationId()
        + version.tags().restored().map(part -> "/" + part.position()).orElse("");
  }

  VaultVersion first() {
    return versions.get(0);
  }

  /** The version that is active until another one claims to be: if none was, the first. */
  VaultVersion active() {
    return versions.stream()
        .filter(
            version ->
                version.tags().restored().filter(p -> p.state() == KeyState.ACTIVE).isPresent())
        .findFirst()
        .orElse(first());
  }
}
