package dev.enclave.testkit.firstday;

import dev.enclave.KeyHandle;
import dev.enclave.KeyVersion;
import dev.enclave.admin.Administration;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.Optional;

/**
 * One of several administrators.
 *
 * @param admin administers the keys
 * @param name as the audit log names them
 */
record Administrator(Administration admin, String name) {

  // region rotation
  /** Replaces the version this administrator saw; none if somebody else already has. */
  Optional<RotationResult> rotate(KeyHandle key, KeyVersion seen) {
    RotationRequest request =
        RotationRequest.ifActive(seen).reason(RotationReason.ADMINISTRATIVE).by(name);
    try {
      return Optional.of(admin.key(key).rotate(request));
    } catch (UsageException e) {
      if (e.code() == ErrorCode.ROTATION_CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }
  // endregion
}
