package dev.enclave.testkit.firstday;

import dev.enclave.ErrorCode;
import dev.enclave.KeyVersion;
import dev.enclave.RotationReason;
import dev.enclave.RotationRequest;
import dev.enclave.RotationResult;
import dev.enclave.SigningKey;
import dev.enclave.UsageException;
import java.util.Optional;

/**
 * One of several administrators.
 *
 * @param name as the audit log names them
 */
record Administrator(String name) {

  // region rotation
  /** Replaces the version this administrator saw; none if somebody else already has. */
  Optional<RotationResult> rotate(SigningKey key, KeyVersion seen) {
    RotationRequest request =
        RotationRequest.ifActive(seen).reason(RotationReason.ADMINISTRATIVE).by(name);
    try {
      return Optional.of(key.rotate(request));
    } catch (UsageException e) {
      if (e.code() == ErrorCode.ROTATION_CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }
  // endregion
}
