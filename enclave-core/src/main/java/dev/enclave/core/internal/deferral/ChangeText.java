package dev.enclave.core.internal.deferral;

import dev.enclave.BackendId;
import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;

/**
 * A creation or a rotation as text. {@code create-1}: algorithm, backend or {@code -}, rotation
 * interval or {@code -}, operation id. {@code rotate-1}: the version to be replaced, the reason,
 * operation id. One space between them.
 */
final class ChangeText {

  private static final String CREATE = "create-1";
  private static final String ROTATE = "rotate-1";
  private static final String NONE = "-";

  private ChangeText() {}

  static String of(KeySpec<?> spec, String operationId) {
    return String.join(
        " ",
        CREATE,
        spec.algorithm().name(),
        spec.backend().map(BackendId::toString).orElse(NONE),
        spec.rotation().map(RotationInterval::toString).orElse(NONE),
        spec.operationId().orElse(operationId));
  }

  static KeySpec<?> parseCreation(KeyName name, String text) {
    String[] parts = parts(text, CREATE, 5);
    try {
      KeySpec<? extends EnclaveKey> spec =
          KeySpec.named(name.toString())
              .algorithm(KeyAlgorithm.parse(parts[1]))
              .operationId(parts[4]);
      spec = parts[2].equals(NONE) ? spec : spec.on(new BackendId(parts[2]));
      return parts[3].equals(NONE) ? spec : spec.rotation(RotationInterval.parse(parts[3]));
    } catch (IllegalArgumentException e) {
      throw Texts.FORM_UNKNOWN.as(ErrorCode.DEFERRED_OPERATION_CORRUPT);
    }
  }

  static String of(RotationRequest request, KeyVersionId replaced, String operationId) {
    return String.join(
        " ",
        ROTATE,
        replaced.toString(),
        request.reason().name(),
        request.operationId().orElse(operationId));
  }

  static RotationRequest parseRotation(String text) {
    String[] parts = parts(text, ROTATE, 4);
    return RotationRequest.ifActive(new KeyVersionId(parts[1]))
        .reason(RotationReason.parse(parts[2]))
        .operationId(parts[3]);
  }

  private static String[] parts(String text, String form, int count) {
    String[] parts = text.split(" ", -1);
    if (parts.length != count || !parts[0].equals(form)) {
      throw Texts.FORM_UNKNOWN.as(ErrorCode.DEFERRED_OPERATION_CORRUPT);
    }
    return parts;
  }
}
