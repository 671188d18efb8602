package dev.enclave.cli.use;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import org.jspecify.annotations.Nullable;

/** Reads what {@code sign} and {@code verify} share: the input and the encoding. */
final class SignatureInputs {

  private SignatureInputs() {}

  /** The file's content as the message, or as the digest itself. */
  static SigningInput input(byte[] content, boolean prehashed, KeyAlgorithm algorithm) {
    if (!prehashed) {
      return Message.of(content);
    }
    DigestAlgorithm digest =
        algorithm
            .digest()
            .orElseThrow(
                () -> Texts.TAKES_WHOLE_MESSAGES.as(ErrorCode.UNSUPPORTED_INPUT, algorithm));
    return Digest.of(digest, content);
  }

  /** The encoding a user named, or the algorithm's own. */
  static SignatureEncoding encoding(@Nullable String typed, KeyAlgorithm algorithm) {
    if (typed == null) {
      return algorithm.defaultEncoding();
    }
    for (SignatureEncoding encoding : SignatureEncoding.values()) {
      if (encoding.name().equalsIgnoreCase(typed)) {
        return supported(encoding, algorithm);
      }
    }
    throw Texts.ENCODING_UNKNOWN.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(typed));
  }

  private static SignatureEncoding supported(SignatureEncoding encoding, KeyAlgorithm algorithm) {
    if (algorithm.hasEncoding(encoding)) {
      return encoding;
    }
    throw Texts.NO_SUCH_ENCODING.as(
        ErrorCode.INVALID_ENCODING, algorithm, encoding, algorithm.defaultEncoding());
  }
}
