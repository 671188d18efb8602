package dev.enclave.admin;

import dev.enclave.Enclave;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Callers;
import dev.enclave.internal.OperationIds;
import dev.enclave.internal.texts.Texts;
import java.util.Optional;

/**
 * An order to rotate: {@code RotationRequest.ifActive(key.activeVersion()).reason(SCHEDULED)}.
 * Immutable.
 *
 * @param expectedActive the version that must still be active, so that of two administrators only
 *     one rotates; none rotates whatever is active
 * @param reason why
 * @param caller on whose behalf; none means the caller of the {@link Enclave} view
 * @param operationId by which a repetition is known to be the same rotation; see {@link
 *     #operationId(String)}
 */
public record RotationRequest(
    Optional<KeyVersionId> expectedActive,
    RotationReason reason,
    Optional<String> caller,
    Optional<String> operationId) {

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for a blank or overlong caller, an
   *     operation id outside the grammar, or one without an expected version
   */
  public RotationRequest {
    caller.ifPresent(Callers::requireValid);
    operationId.ifPresent(OperationIds::requireValid);
    if (operationId.isPresent() && expectedActive.isEmpty()) {
      throw Texts.OPERATION_WITHOUT_VERSION.as(ErrorCode.INVALID_ARGUMENT);
    }
  }

  /** A rotation without an operation id. */
  public RotationRequest(
      Optional<KeyVersionId> expectedActive, RotationReason reason, Optional<String> caller) {
    this(expectedActive, reason, caller, Optional.empty());
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
    return new RotationRequest(expectedActive, why, caller, operationId);
  }

  /** The same on behalf of {@code who}. */
  public RotationRequest by(String who) {
    return new RotationRequest(expectedActive, reason, Optional.of(who), operationId);
  }

  /**
   * The same as the operation {@code id}, whatever process asks for it and how often: a repetition
   * goes on where an earlier attempt ended, also after a crash, and makes no second version. Of a
   * rotation that was done it returns the result, without a succession statement. A version that
   * was prepared and not activated within a quarter of an hour may be removed ({@link Orphans});
   * then {@link ErrorCode#ROTATION_CONFLICT} says so, and another id begins anew.
   *
   * @param id 1 to 64 of {@code [A-Za-z0-9-]}, such as a random UUID, stored before the first
   *     attempt; never used for anything else on the same backend
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for an id outside the grammar, or
   *     when the request names no version that must be active
   */
  public RotationRequest operationId(String id) {
    return new RotationRequest(expectedActive, reason, caller, Optional.of(id));
  }
}
