package dev.enclave.azure.internal.model;

import dev.enclave.KeyState;
import dev.enclave.azure.internal.model.AzureTags.Purpose;
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
record AzureBeginning(List<AzureVersion> versions, long second) {

  AzureBeginning {
    versions = List.copyOf(versions);
  }

  /** All that there are among versions of one key, which are sorted by age. */
  static List<AzureBeginning> of(List<AzureVersion> byAge) {
    List<AzureBeginning> beginnings = new ArrayList<>();
    for (AzureVersion version : byAge) {
      if (version.tags().purpose().filter(Purpose.CREATION::equals).isPresent()) {
        beginnings.add(new AzureBeginning(List.of(version), version.createdSecond()));
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
  static Map<Integer, AzureVersion> parts(List<AzureVersion> byAge, String operationId) {
    Map<Integer, AzureVersion> parts = new TreeMap<>();
    for (AzureVersion version : byAge) {
      if (version.tags().operationId().equals(operationId)) {
        version.tags().restored().ifPresent(part -> parts.putIfAbsent(part.position(), version));
      }
    }
    return parts;
  }

  private static Optional<AzureBeginning> whole(Map<Integer, AzureVersion> parts) {
    boolean whole =
        parts.values().stream()
            .allMatch(v -> v.tags().restored().filter(p -> p.of() == parts.size()).isPresent());
    return whole
        ? Optional.of(
            new AzureBeginning(
                List.copyOf(parts.values()),
                parts.values().stream().mapToLong(AzureVersion::createdSecond).max().orElseThrow()))
        : Optional.empty();
  }

  /** What a version was made for, so that what was made twice is known. */
  static String task(AzureVersion version) {
    return version.tags().operationId()
        + version.tags().restored().map(part -> "/" + part.position()).orElse("");
  }

  AzureVersion first() {
    return versions.get(0);
  }

  /** The version that is active until another one claims to be: if none was, the first. */
  AzureVersion active() {
    return versions.stream()
        .filter(
            version ->
                version.tags().restored().filter(p -> p.state() == KeyState.ACTIVE).isPresent())
        .findFirst()
        .orElse(first());
  }
}
