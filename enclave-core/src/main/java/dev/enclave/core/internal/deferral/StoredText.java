package dev.enclave.core.internal.deferral;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnclaveKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ErrorCode;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A deferred operation as text, with one space between the words. {@code sign-1}: the encoding or
 * {@code -}, then the hash function with the digest in hexadecimal digits, or {@code message} with
 * the message in base64url. {@code create-1}: algorithm, backend or {@code -}, rotation interval or
 * {@code -}, operation id. {@code rotate-1}: the version to be replaced, the reason, operation id.
 */
final class StoredText {

  private static final String SIGN = "sign-1";
  private static final String CREATE = "create-1";
  private static final String ROTATE = "rotate-1";
  private static final String MESSAGE = "message";
  private static final String NONE = "-";

  private StoredText() {}

  static String of(SigningInput input, Optional<SignatureEncoding> encoding) {
    String[] what =
        input instanceof Digest digest
            ? new String[] {digest.algorithm().name(), digest.value().toHex()}
            : new String[] {MESSAGE, base64(((Message) input).toByteArray())};
    return String.join(
        " ", SIGN, encoding.map(SignatureEncoding::name).orElse(NONE), what[0], what[1]);
  }

  private static String base64(byte[] message) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(message);
  }

  static SignOperation parseSignature(String text) {
    String[] parts = parts(text, SIGN, 4);
    return understood(
        () -> {
          SigningInput input =
              parts[2].equals(MESSAGE)
                  ? Message.of(Base64.getUrlDecoder().decode(parts[3]))
                  : new Digest(DigestAlgorithm.valueOf(parts[2]), Bytes.ofHex(parts[3]));
          SignOptions options = SignOptions.defaults();
          return new SignOperation(
              input,
              parts[1].equals(NONE)
                  ? options
                  : options.encoding(SignatureEncoding.valueOf(parts[1])));
        });
  }

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
    return understood(
        () -> {
          KeySpec<? extends EnclaveKey> spec =
              KeySpec.named(name.toString())
                  .algorithm(KeyAlgorithm.parse(parts[1]))
                  .operationId(parts[4]);
          spec = parts[2].equals(NONE) ? spec : spec.on(new BackendId(parts[2]));
          return parts[3].equals(NONE) ? spec : spec.rotation(RotationInterval.parse(parts[3]));
        });
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

  private static <T> T understood(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw Texts.FORM_UNKNOWN.as(ErrorCode.DEFERRED_OPERATION_CORRUPT);
    }
  }
}
