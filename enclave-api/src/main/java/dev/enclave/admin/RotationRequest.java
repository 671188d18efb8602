package dev.enclave.admin;

import dev.enclave.Enclave;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Callers;
import java.util.Optional;

/**
 * An order to rotate: {@code RotationRequest.ifActive(key.activeVersion()).reason(SCHEDULED)}.
 * Immutable.
 *
 * @param expectedActive the version that must still be active, so that of two administrators only
 *     one rotates; none rotates whatever is active
 * @param reason why
 * @param caller on whose behalf; none means the caller of the {@link Enclave} view
 */
public record RotationRequest(
    Optional<KeyVersionId> expectedActive, RotationReason reason, Optional<String> caller) {

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a blank or overlong caller
   */
  public RotationRequest {
    caller.ifPresent(Callers::requireValid);
  }

  /** Rotates only if {@code version} is still the active one. */
  public static RotationRequest ifActive(KeyVersion version) {
    return ifActive(version.id());
  }

  /** Rotates only if {@code version} is still the active one. */
  public static RotationRequest ifActive(KeyVersionId version) {
    return new RotationRequest(
        Optional.of(version), RotationReason.ADMINISTRATIVE, Optional.empty());
  }

  /** Rotates whatever version is active. */
  public static RotationRequest now() {
    return new RotationRequest(Optional.empty(), RotationReason.ADMINISTRATIVE, Optional.empty());
  }

  /** The same for another reason. */
  public RotationRequest reason(RotationReason why) {
    return new RotationRequest(expectedActive, why, caller);
  }

  /** The same on behalf of {@code who}. */
  public RotationRequest by(String who) {
    return new RotationRequest(expectedActive, reason, Optional.of(who));
  }
}
