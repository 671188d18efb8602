package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import dev.enclave.internal.texts.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The finished hash of a message: one that the caller computed, or one of a stream or a file that
 * is too large to be a {@link Message}.
 *
 * @param algorithm the hash function; must be the key algorithm's own
 * @param value the digest, exactly {@link DigestAlgorithm#length()} bytes
 */
public record Digest(DigestAlgorithm algorithm, Bytes value) implements SigningInput {

  /**
   * @throws UsageException ({@link ErrorCode#INVALID_DIGEST}) when the length is not the
   *     algorithm's
   */
  public Digest {
    if (value.size() != algorithm.length()) {
      throw Texts.DIGEST_LENGTH.as(
          ErrorCode.INVALID_DIGEST, algorithm.jcaName(), algorithm.length(), value.size());
    }
  }

  /**
   * A digest that the caller computed.
   *
   * @param value the digest itself, which is copied; for data to be hashed there are {@link
   *     #of(DigestAlgorithm, InputStream)} and {@link #of(DigestAlgorithm, Path)}
   * @throws UsageException ({@link ErrorCode#INVALID_DIGEST}) when the length is not the
   *     algorithm's
   */
  public static Digest of(DigestAlgorithm algorithm, byte[] value) {
    return new Digest(algorithm, Bytes.of(value));
  }

  /**
   * The hash of all that is left in {@code data}, of any length, none included. Memory does not
   * depend on the length; the stream is read to its end and not closed.
   *
   * @throws IOException when reading fails
   */
  public static Digest of(DigestAlgorithm algorithm, InputStream data) throws IOException {
    return PublicKeyEngine.get().digest(algorithm, data);
  }

  /**
   * The hash of the content of {@code file}. Memory does not depend on the length.
   *
   * @throws IOException when the file cannot be opened or read
   */
  public static Digest of(DigestAlgorithm algorithm, Path file) throws IOException {
    try (InputStream data = Files.newInputStream(file)) {
      return of(algorithm, data);
    }
  }
}
