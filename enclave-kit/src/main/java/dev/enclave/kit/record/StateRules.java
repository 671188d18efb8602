package dev.enclave.kit.record;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.util.Optional;

/** Which changes of a key's versions are allowed. */
final class StateRules {

  private StateRules() {}

  static VersionEntry version(Manifest manifest, KeyVersionId id) throws BackendFailure {
    return manifest
        .version(id)
        .orElseThrow(
            () ->
                BackendFailure.permanent(
                    FailureCode.NOT_FOUND,
                    "Key " + manifest.name() + " has no version " + id + ".",
                    "Load the key again."));
  }

  static void requireRotatable(Manifest manifest, RotateRequest request) throws BackendFailure {
    if (request.retiredState() != KeyState.VERIFY_ONLY
        && request.retiredState() != KeyState.DISABLED) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "A rotation cannot leave the old version " + request.retiredState() + ".",
          "Use VERIFY_ONLY or DISABLED.");
    }
    Optional<KeyVersionId> active = manifest.active().map(VersionEntry::id);
    if (!active.equals(Optional.of(request.expectedActive()))) {
      throw BackendFailure.permanent(
          FailureCode.CONFLICT,
          "Key "
              + manifest.name()
              + " has "
              + active.map(id -> "active version " + id).orElse("no active version")
              + ", not "
              + request.expectedActive()
              + ".",
          "Load the key again.");
    }
  }

  static void requireAlgorithm(Manifest manifest, KeyAlgorithm expected) throws BackendFailure {
    if (manifest.algorithm() != expected) {
      throw BackendFailure.permanent(
          FailureCode.CONFLICT,
          "Key " + manifest.name() + " has just been made anew, for " + manifest.algorithm() + ".",
          "Load the key again.");
    }
  }

  static void requirePending(Manifest manifest, VersionEntry version) throws BackendFailure {
    if (version.state() != KeyState.PENDING) {
      throw invalidState(manifest, version, "is not PENDING. Prepare a new rotation.");
    }
  }

  static void requireTransition(Manifest manifest, VersionEntry version, KeyState target)
      throws BackendFailure {
    if (target == KeyState.PENDING && version.state() != KeyState.PENDING) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "No version can be put back to PENDING.",
          "Use ACTIVE, VERIFY_ONLY, DISABLED or DESTROYED.");
    }
    if (version.state() == KeyState.DESTROYED && target != KeyState.DESTROYED) {
      throw invalidState(manifest, version, "is final. Rotate to a new version.");
    }
    boolean anotherActive =
        manifest.active().filter(active -> !active.id().equals(version.id())).isPresent();
    if (target == KeyState.ACTIVE && anotherActive) {
      throw invalidState(
          manifest, version, "cannot become ACTIVE while another version is. Rotate instead.");
    }
  }

  static void requireStamp(EnvironmentType environment, Manifest manifest) throws BackendFailure {
    if (!environment.accepts(manifest.stamp())) {
      throw BackendFailure.permanent(
          FailureCode.STAMP_MISMATCH,
          "Key "
              + manifest.name()
              + " was made for environment "
              + manifest.stamp()
              + " and this one is "
              + environment
              + ".",
          "Create a key here.");
    }
  }

  static BackendFailure invalidState(Manifest manifest, VersionEntry version, String why) {
    return BackendFailure.permanent(
        FailureCode.INVALID_STATE,
        "State "
            + version.state()
            + " of version "
            + version.id()
            + " of key "
            + manifest.name()
            + " "
            + why);
  }
}
