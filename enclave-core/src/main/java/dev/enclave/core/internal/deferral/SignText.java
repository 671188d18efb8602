package dev.enclave.core.internal.deferral;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ErrorCode;
import java.util.Base64;
import java.util.Optional;

/**
 * A signature to be made, as text: {@code sign-1}, the encoding or {@code -}, then the hash
 * function with the digest in hexadecimal digits, or {@code message} with the message in base64url.
 * One space between them.
 */
final class SignText {

  private static final String FORM = "sign-1";
  private static final String MESSAGE = "message";

  private SignText() {}

  static String of(SigningInput input, Optional<SignatureEncoding> encoding) {
    String what =
        input instanceof Digest digest
            ? digest.algorithm().name() + " " + digest.value().toHex()
            : MESSAGE + " " + base64(((Message) input).toByteArray());
    return FORM + " " + encoding.map(SignatureEncoding::name).orElse("-") + " " + what;
  }

  private static String base64(byte[] message) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(message);
  }

  /** The operation that a text stands for. */
  static SignOperation parse(String text) {
    String[] parts = text.split(" ", -1);
    if (parts.length != 4 || !parts[0].equals(FORM)) {
      throw Texts.FORM_UNKNOWN.as(ErrorCode.DEFERRED_OPERATION_CORRUPT);
    }
    try {
      SigningInput input =
          parts[2].equals(MESSAGE)
              ? Message.of(Base64.getUrlDecoder().decode(parts[3]))
              : new Digest(DigestAlgorithm.valueOf(parts[2]), Bytes.ofHex(parts[3]));
      SignOptions options = SignOptions.defaults();
      return new SignOperation(
          input,
          parts[1].equals("-") ? options : options.encoding(SignatureEncoding.valueOf(parts[1])));
    } catch (IllegalArgumentException e) {
      throw Texts.FORM_UNKNOWN.as(ErrorCode.DEFERRED_OPERATION_CORRUPT);
    }
  }
}
