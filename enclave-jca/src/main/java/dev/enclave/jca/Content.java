package dev.enclave.jca;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Collects what {@code update} is given. A short message reaches the engine as a message, so that a
 * backend may get what it likes best; a long one is hashed as it comes, so that its length does not
 * matter. Ed25519 has no hash and takes whole messages.
 */
final class Content {

  private static final int LONGEST_HELD = 65_536;

  private final SigningAlgorithm algorithm;
  private final Scheme.Input kind;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream(256);
  private @Nullable MessageDigest hash;

  Content(SigningAlgorithm algorithm, Scheme.Input kind) {
    this.algorithm = algorithm;
    this.kind = kind;
  }

  void update(byte[] bytes, int offset, int length) {
    if (hash == null && length > LONGEST_HELD - held.size()) {
      hash = begunHash();
    }
    if (hash == null) {
      held.write(bytes, offset, length);
    } else {
      hash.update(bytes, offset, length);
    }
  }

  /** None where the message is needed whole, or the JDK's own hash functions were taken away. */
  private @Nullable MessageDigest begunHash() {
    Provider sun = Security.getProvider("SUN");
    if (kind != Scheme.Input.MESSAGE
        || algorithm.digest().isEmpty()
        || sun == null
        || !sun.getClass().getModule().equals(Object.class.getModule())) {
      return null;
    }
    try {
      MessageDigest begun = MessageDigest.getInstance(algorithm.digest().get().jcaName(), sun);
      begun.update(held.toByteArray());
      held.reset();
      return begun;
    } catch (NoSuchAlgorithmException e) {
      return null;
    }
  }

  boolean isEmpty() {
    return hash == null && held.size() == 0;
  }

  /**
   * All that was given since the last call.
   *
   * @throws UsageException {@link ErrorCode#INVALID_DIGEST} when it is to be a digest of the key's
   *     hash function and is not
   */
  SigningInput take() {
    byte[] bytes = held.toByteArray();
    MessageDigest digest = hash;
    clear();
    if (digest != null) {
      return Digest.of(algorithm.digest().orElseThrow(), digest.digest());
    }
    return switch (kind) {
      case MESSAGE -> Message.of(bytes);
      case DIGEST -> Digest.of(algorithm.digest().orElseThrow(), bytes);
      case DIGEST_INFO -> ofDigestInfo(bytes);
    };
  }

  void clear() {
    held.reset();
    hash = null;
  }

  private Digest ofDigestInfo(byte[] bytes) {
    DigestAlgorithm expected = algorithm.digest().orElseThrow();
    byte[] head = digestInfo(expected);
    if (bytes.length != head.length + expected.length()
        || !Arrays.equals(head, Arrays.copyOf(bytes, head.length))) {
      throw new UsageException(
          ErrorCode.INVALID_DIGEST,
          "NONEwithRSA was given "
              + bytes.length
              + " bytes that are no DigestInfo of "
              + expected.jcaName()
              + ", the hash of "
              + algorithm
              + ". Give the DER of RFC 8017 section 9.2, or use "
              + algorithm.jcaName()
              + " with the message.");
    }
    return Digest.of(expected, Arrays.copyOfRange(bytes, head.length, bytes.length));
  }

  /** What stands before the hash (RFC 8017 §9.2, note 1). */
  private static byte[] digestInfo(DigestAlgorithm digest) {
    return HexFormat.of()
        .parseHex(
            switch (digest) {
              case SHA_256 -> "3031300d060960864801650304020105000420";
              case SHA_384 -> "3041300d060960864801650304020205000430";
              case SHA_512 -> "3051300d060960864801650304020305000440";
              case KECCAK_256 -> throw new IllegalArgumentException("no RSA key has Keccak-256");
            });
  }
}
