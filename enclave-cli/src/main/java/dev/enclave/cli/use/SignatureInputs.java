package dev.enclave.cli.use;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
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
                () ->
                    new UsageException(
                        ErrorCode.UNSUPPORTED_INPUT,
                        algorithm
                            + " takes whole messages, not digests. Leave out --prehashed and pass"
                            + " the message."));
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
    throw new UsageException(
        ErrorCode.INVALID_ARGUMENT,
        "Encoding " + Quoted.of(typed) + " is unknown. Use der, p1363 or raw.");
  }

  private static SignatureEncoding supported(SignatureEncoding encoding, KeyAlgorithm algorithm) {
    if (algorithm.hasEncoding(encoding)) {
      return encoding;
    }
    throw new UsageException(
        ErrorCode.INVALID_ENCODING,
        "Signatures of "
            + algorithm
            + " have no "
            + encoding
            + " encoding. Leave out --encoding for "
            + algorithm.defaultEncoding()
            + ".");
  }
}
