package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.enclave.KeyState;

/**
 * The rule which version of a key is active (docs/adr/0021). Activations are numbered; whoever
 * records the next one has decided, and the last one holds. Immutable, and never changed where it
 * is recorded.
 *
 * @param number which activation; 1 is implied by the key itself
 * @param active the version that is active from then on; 0 for none
 * @param used every version that was active at some time, or was retired by itself
 * @param operationId which operation recorded it
 */
record Activation(int number, int active, VersionNumbers used, String operationId) {

  /** What holds until somebody records the second: the first version is active. */
  static Activation first(String operationId) {
    return new Activation(1, 1, VersionNumbers.of(1), operationId);
  }

  /** What holds of a key whose restoration nobody has finished: none of its versions counts. */
  static Activation unfinished(String operationId) {
    return new Activation(1, 0, VersionNumbers.of(), operationId);
  }

  /** The next one, by which {@code version} is active and the one before is retired. */
  Activation activating(int version, String byOperation) {
    return new Activation(number + 1, version, used.with(version), byOperation);
  }

  /** The next one, by which {@code version} is retired and the active one stays, if another is. */
  Activation retiring(int version, String byOperation) {
    return new Activation(
        number + 1, active == version ? 0 : active, used.with(version), byOperation);
  }

  /** The state of a version, as long as this is the last activation. */
  KeyState state(int version, CryptoKeyVersionState kmsState) {
    return switch (kmsState) {
      case DESTROYED, DESTROY_SCHEDULED, GENERATION_FAILED, IMPORT_FAILED -> KeyState.DESTROYED;
      case PENDING_GENERATION, PENDING_IMPORT -> KeyState.PENDING;
      case ENABLED -> enabledState(version);
      // What KMS may add one day is nothing to sign with.
      default -> KeyState.DISABLED;
    };
  }

  private KeyState enabledState(int version) {
    if (version == active) {
      return KeyState.ACTIVE;
    }
    return used.contains(version) ? KeyState.VERIFY_ONLY : KeyState.PENDING;
  }
}
