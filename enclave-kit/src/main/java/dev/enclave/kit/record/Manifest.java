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
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** Those that have a private half. */
  List<VersionEntry> living() {
    return versions.stream().filter(v -> v.state() != KeyState.DESTROYED).toList();
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

  VersionEntry require(KeyVersionId id, Refusals refusals) throws BackendFailure {
    return version(id).orElseThrow(() -> refusals.noVersion(name, id));
  }

  void requireStamp(EnvironmentType environment) throws BackendFailure {
    if (!environment.accepts(stamp)) {
      throw Texts.STAMP_OF_ANOTHER.permanent(FailureCode.STAMP_MISMATCH, name, stamp, environment);
    }
  }

  void requireAlgorithm(KeyAlgorithm expected, FailureCode otherwise) throws BackendFailure {
    if (algorithm != expected) {
      throw Texts.OTHER_ALGORITHM_OF_KEY.permanent(otherwise, name, algorithm, expected);
    }
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

  /** With another version, and without those that are PENDING since before then. */
  Manifest with(VersionEntry added, Instant abandoned) {
    Manifest cleared =
        changed(
            movedTo,
            v ->
                v.state() == KeyState.PENDING && v.createdAt().isBefore(abandoned)
                    ? v.withState(KeyState.DESTROYED)
                    : v);
    return with(
        rotation, Stream.concat(cleared.versions.stream(), Stream.of(added)).toList(), movedTo);
  }

  Manifest withState(KeyVersionId id, KeyState state) {
    return changed(movedTo, v -> v.id().equals(id) ? v.withState(state) : v);
  }

  /** With a version active that was not; when another one was meanwhile, from now on. */
  Manifest enabled(VersionEntry version, Instant now) {
    VersionEntry enabled =
        replacedSince(version)
            ? version.activatedBy(version.activateOperation(), now)
            : version.withState(KeyState.ACTIVE);
    return changed(Optional.empty(), v -> v.id().equals(version.id()) ? enabled : v);
  }

  private boolean replacedSince(VersionEntry version) {
    Instant since = version.activatedAt().orElse(version.createdAt());
    return versions.stream()
        .filter(other -> !other.id().equals(version.id()))
        .flatMap(other -> other.activatedAt().stream())
        .anyMatch(since::isBefore);
  }

  /** With a version active in place of the one that the request expects to be. */
  Manifest activated(RotateRequest request, KeyVersionId next, Instant now) {
    return changed(
        Optional.empty(),
        v -> {
          if (v.id().equals(next)) {
            return v.activatedBy(request.operationId(), now);
          }
          return v.id().equals(request.expectedActive())
              ? v.replaced(request.retiredState(), now)
              : v;
        });
  }

  private Manifest changed(Optional<KeyHandle> moved, UnaryOperator<VersionEntry> change) {
    return with(rotation, versions.stream().map(change).toList(), moved);
  }

  /** With that rotation interval; nothing if it has it. */
  Optional<Manifest> with(RotationInterval interval) {
    return rotation.equals(interval)
        ? Optional.empty()
        : Optional.of(with(interval, versions, movedTo));
  }

  /** Migrated to that place; nothing if it is. */
  Optional<Manifest> withMovedTo(KeyHandle to) {
    return movedTo.equals(Optional.of(to))
        ? Optional.empty()
        : Optional.of(with(rotation, versions, Optional.of(to)));
  }

  private Manifest with(
      RotationInterval interval, List<VersionEntry> all, Optional<KeyHandle> moved) {
    return new Manifest(
        name, algorithm, stamp, interval, createdAt, createOperation, revision + 1, all, moved);
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

  /** As JSON; name, algorithm and stamp are in the head of the record. */
  byte[] toJson() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("revision", revision);
    object.put("rotation", rotation);
    object.put("createdAt", createdAt);
    object.put("createOperation", createOperation);
    movedTo.ifPresent(to -> object.put("movedTo", to));
    object.put("versions", versions.stream().map(VersionEntry::toJson).toList());
    return Json.write(object);
  }

  /**
   * The manifest that a record holds.
   *
   * @throws IOException when the head or the content are not a manifest's
   */
  static Manifest parse(SealedRecord.Head head, byte[] json) throws IOException {
    try {
      Map<String, Object> object = Json.read(json);
      KeyAlgorithm algorithm = KeyAlgorithm.parse(head.algorithm());
      List<VersionEntry> versions = new ArrayList<>();
      for (Object version : Json.member(object, "versions", List.class)) {
        versions.add(VersionEntry.parse(Json.map(version), algorithm));
      }
      return new Manifest(
          KeyName.of(head.key()),
          algorithm,
          EnvironmentType.valueOf(head.stamp()),
          RotationInterval.parse(Json.string(object, "rotation")),
          Instant.parse(Json.string(object, "createdAt")),
          Json.string(object, "createOperation"),
          Json.integer(object, "revision"),
          versions,
          told(object, "movedTo").map(KeyHandle::parse));
    } catch (EnclaveException | IllegalArgumentException | DateTimeException e) {
      throw new IOException("not a manifest");
    }
  }

  /** What is left out where there is nothing to say. */
  static Optional<String> told(Map<String, Object> object, String name) {
    return Optional.of(Json.text(object, name)).filter(text -> !text.isEmpty());
  }
}
