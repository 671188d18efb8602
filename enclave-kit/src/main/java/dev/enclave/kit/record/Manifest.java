package dev.enclave.kit.record;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.spi.KeySnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * All that is known of a key but its private halves.
 *
 * @param createOperation the operation that created it
 * @param revision counts the writes, from 1
 * @param versions oldest first
 * @param movedTo where the key was migrated to since a version became active
 */
record Manifest(
    KeyName name,
    KeyAlgorithm algorithm,
    EnvironmentType stamp,
    RotationInterval rotation,
    Instant createdAt,
    String createOperation,
    int revision,
    List<VersionEntry> versions,
    Optional<KeyHandle> movedTo) {

  Manifest {
    versions = List.copyOf(versions);
  }

  Optional<VersionEntry> active() {
    return versions.stream().filter(v -> v.state() == KeyState.ACTIVE).findFirst();
  }

  Optional<VersionEntry> version(KeyVersionId id) {
    // No stream: this is asked before every signature.
    for (VersionEntry version : versions) {
      if (version.id().equals(id)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  /** The version a rotation made, if it did. */
  Optional<VersionEntry> preparedBy(String operationId) {
    return versions.stream().filter(v -> v.prepareOperation().equals(operationId)).findFirst();
  }

  KeyVersionId nextVersion() {
    // A restored key may have ids of another backend's making, which must not meet ours.
    int number = versions.size() + 1;
    while (version(KeyVersionId.of(Integer.toString(number))).isPresent()) {
      number++;
    }
    return KeyVersionId.of(Integer.toString(number));
  }

  Manifest with(VersionEntry added) {
    return revised(Stream.concat(versions.stream(), Stream.of(added)).toList());
  }

  Manifest withState(KeyVersionId id, KeyState state) {
    return changed(v -> v.id().equals(id) ? v.withState(state) : v);
  }

  /** With a version active that was not; when another one was meanwhile, from now on. */
  Manifest enabled(KeyVersionId id, Instant now) {
    return unmoved(
        changed(
            v -> {
              if (!v.id().equals(id)) {
                return v;
              }
              return replacedSince(v)
                  ? v.activatedBy(v.activateOperation(), now)
                  : v.withState(KeyState.ACTIVE);
            }));
  }

  private boolean replacedSince(VersionEntry version) {
    Instant since = version.activatedAt().orElse(version.createdAt());
    return versions.stream()
        .filter(other -> !other.id().equals(version.id()))
        .flatMap(other -> other.activatedAt().stream())
        .anyMatch(since::isBefore);
  }

  Manifest activated(
      KeyVersionId old, KeyState retired, KeyVersionId next, String operationId, Instant now) {
    return unmoved(
        changed(
            v -> {
              if (v.id().equals(next)) {
                return v.activatedBy(operationId, now);
              }
              return v.id().equals(old) ? v.replaced(retired, now) : v;
            }));
  }

  Manifest withRotation(RotationInterval interval) {
    return new Manifest(
        name,
        algorithm,
        stamp,
        interval,
        createdAt,
        createOperation,
        revision + 1,
        versions,
        movedTo);
  }

  /** Migrated to that place, or to none. */
  Manifest withMovedTo(Optional<KeyHandle> to) {
    return new Manifest(
        name, algorithm, stamp, rotation, createdAt, createOperation, revision + 1, versions, to);
  }

  private static Manifest unmoved(Manifest changed) {
    return new Manifest(
        changed.name,
        changed.algorithm,
        changed.stamp,
        changed.rotation,
        changed.createdAt,
        changed.createOperation,
        changed.revision,
        changed.versions,
        Optional.empty());
  }

  private Manifest changed(UnaryOperator<VersionEntry> change) {
    return revised(versions.stream().map(change).toList());
  }

  private Manifest revised(List<VersionEntry> changed) {
    return new Manifest(
        name,
        algorithm,
        stamp,
        rotation,
        createdAt,
        createOperation,
        revision + 1,
        changed,
        movedTo);
  }

  /**
   * Whether this is of an earlier state than one seen, or of another with the same number. Of a key
   * that was made anew it is neither.
   */
  boolean precedes(Manifest seen) {
    return createOperation.equals(seen.createOperation)
        && (revision < seen.revision || (revision == seen.revision && !equals(seen)));
  }

  KeySnapshot toSnapshot(String keyUri, Assurance assurance) {
    return KeySnapshot.of(
            name,
            algorithm,
            versions.stream().map(v -> v.toKeyVersion(keyUri, assurance)).toList(),
            keyUri)
        .withRotation(rotation)
        .withStamp(StampReading.of(stamp))
        .withCreatedAt(createdAt)
        .withMovedTo(movedTo)
        .withExportable(true);
  }
}
