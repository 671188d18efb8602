package dev.enclave.gcp.internal.model;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import java.time.Instant;
import java.util.Optional;

/**
 * The rule which version of a key is active, and how often the key is due for rotation
 * (docs/adr/0021). Activations are numbered; whoever records the next one has decided, and the last
 * one holds. Immutable, and never changed where it is recorded.
 *
 * @param number which activation; 1 is implied by the key itself
 * @param active the version that is active from then on; 0 for none
 * @param used every version that was active at some time, or was retired by itself
 * @param operationId which operation recorded it
 * @param rotation the rotation interval, if it was changed since the key was made
 * @param times when versions became active, as far as records have kept it
 * @param movedTo where the key was migrated to since a version became active
 * @param disabled versions that are DISABLED, be that carried out or not; of many the newest
 */
public record Activation(
    int number,
    int active,
    VersionNumbers used,
    String operationId,
    Optional<RotationInterval> rotation,
    ActivationTimes times,
    Optional<KeyHandle> movedTo,
    VersionNumbers disabled) {

  /** The one that ends a restoration: the first of which there is a record. */
  public static final int RESTORATION = 2;

  /** They take some labels; older ones have long been switched off. */
  private static final int MOST_DISABLED = 50;

  /** One with the interval that the key was made with. */
  public Activation(int number, int active, VersionNumbers used, String operationId) {
    this(
        number,
        active,
        used,
        operationId,
        Optional.empty(),
        ActivationTimes.NONE,
        Optional.empty(),
        VersionNumbers.of());
  }

  /** What holds until somebody records the second: the first version is active. */
  public static Activation first(String operationId) {
    return new Activation(1, 1, VersionNumbers.of(1), operationId);
  }

  /** What holds of a key whose restoration nobody has finished: none of its versions counts. */
  public static Activation unfinished(String operationId) {
    return new Activation(1, 0, VersionNumbers.of(), operationId);
  }

  /** The next one, by which {@code version} is active and the one before is retired. */
  public Activation activating(int version, String byOperation, Instant at) {
    return new Activation(
        number + 1,
        version,
        used.with(version),
        byOperation,
        rotation,
        times.with(version, at),
        Optional.empty(),
        disabled.without(version));
  }

  /** The same, by which the one before is disabled instead. */
  public Activation activatingAndDisabling(int version, String byOperation, Instant at) {
    Activation next = activating(version, byOperation, at);
    return new Activation(
        next.number,
        next.active,
        next.used,
        next.operationId,
        next.rotation,
        next.times,
        next.movedTo,
        next.disabled.with(active).newest(MOST_DISABLED));
  }

  /** The next one, by which {@code version} is retired and the active one stays, if another is. */
  public Activation retiring(int version, String byOperation) {
    return new Activation(
        number + 1,
        active == version ? 0 : active,
        used.with(version),
        byOperation,
        rotation,
        times,
        movedTo,
        disabled.without(version));
  }

  /** The next one, by which nothing changes. */
  public Activation unchanged(String byOperation) {
    return new Activation(
        number + 1, active, used, byOperation, rotation, times, movedTo, disabled);
  }

  /** The next one, by which the key has that rotation interval and nothing else changes. */
  public Activation withRotation(RotationInterval interval, String byOperation) {
    return new Activation(
        number + 1, active, used, byOperation, Optional.of(interval), times, movedTo, disabled);
  }

  /** The next one, by which the key was migrated to that place and nothing else changes. */
  public Activation withMovedTo(KeyHandle to, String byOperation) {
    return new Activation(
        number + 1, active, used, byOperation, rotation, times, Optional.of(to), disabled);
  }

  /** Whether another one decides the same for the same operation, whenever it was attempted. */
  public boolean decidesAs(Activation other) {
    return number == other.number
        && active == other.active
        && used.equals(other.used)
        && operationId.equals(other.operationId)
        && rotation.equals(other.rotation)
        && movedTo.equals(other.movedTo)
        && disabled.equals(other.disabled);
  }

  /** The state of a version, as long as this is the last activation. */
  public KeyState state(int version, CryptoKeyVersionState kmsState) {
    return switch (kmsState) {
      case DESTROYED, DESTROY_SCHEDULED, GENERATION_FAILED, IMPORT_FAILED -> KeyState.DESTROYED;
      case PENDING_GENERATION, PENDING_IMPORT -> KeyState.PENDING;
      case ENABLED -> enabledState(version);
      // What KMS may add one day is nothing to sign with.
      default -> KeyState.DISABLED;
    };
  }

  private KeyState enabledState(int version) {
    if (disabled.contains(version)) {
      return KeyState.DISABLED;
    }
    if (version == active) {
      return KeyState.ACTIVE;
    }
    return used.contains(version) ? KeyState.VERIFY_ONLY : KeyState.PENDING;
  }
}
