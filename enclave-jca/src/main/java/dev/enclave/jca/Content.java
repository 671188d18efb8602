package dev.enclave.jca;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.StatementText;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects what {@code update} is given. A short message reaches the engine as a message, so that a
 * backend may get what it likes best; a long one is hashed as it comes, so that its length does not
 * matter. Ed25519 has no hash and takes whole messages.
 */
final class Content {

  private static final int LONGEST_HELD = 65_536;

  /** What stands before the hash (RFC 8017 §9.2, note 1). */
  private static final Map<DigestAlgorithm, byte[]> DIGEST_INFO =
      Map.of(
          DigestAlgorithm.SHA_256,
          HexFormat.of().parseHex("3031300d060960864801650304020105000420"),
          DigestAlgorithm.SHA_512,
          HexFormat.of().parseHex("3051300d060960864801650304020305000440"));

  private final SigningAlgorithm algorithm;
  private final Scheme.Input kind;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream(256);
  private @Nullable MessageDigest hash;
  private boolean reserved;

  /** What the last call of {@link #input} was given, while nothing came after it. */
  private @Nullable SigningInput collected;

  private boolean asked;

  Content(SigningAlgorithm algorithm, Scheme.Input kind) {
    this.algorithm = algorithm;
    this.kind = kind;
  }

  void update(byte[] bytes, int offset, int length) {
    if (asked) {
      clear();
    }
    if (hash == null && length > LONGEST_HELD - held.size()) {
      hash = begunHash();
      reserved = hash != null && beginsReserved(bytes, offset, length);
    }
    if (hash == null) {
      held.write(bytes, offset, length);
    } else {
      hash.update(bytes, offset, length);
    }
  }

  /** Whether what is held, and then these, do; what is held is hashed already, and goes. */
  private boolean beginsReserved(byte[] bytes, int offset, int length) {
    held.write(bytes, offset, Math.min(length, StatementText.LONGEST_RESERVED));
    boolean reserves = StatementText.isReserved(held.toByteArray());
    held.reset();
    return reserves;
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
      return begun;
    } catch (NoSuchAlgorithmException e) {
      return null;
    }
  }

  /**
   * Refuses to hand on the hash of what Enclave alone may have signed: of a whole message the key
   * sees that itself.
   *
   * @throws UsageException {@link ErrorCode#MESSAGE_RESERVED}
   */
  void requireOfCallers() {
    if (reserved) {
      clear();
      throw Texts.MESSAGE_IS_ENCLAVES.as(ErrorCode.MESSAGE_RESERVED);
    }
  }

  boolean isEmpty() {
    return asked || (hash == null && held.size() == 0);
  }

  /**
   * All that was given since {@link #clear}. The same again until then or until the next {@link
   * #update}, which begins anew: who repeats a signature that failed signs what was to be signed.
   *
   * @throws UsageException {@link ErrorCode#INVALID_DIGEST} when it is to be a digest of the key's
   *     hash function and is not
   */
  SigningInput input() {
    asked = true;
    SigningInput input = collected;
    if (input == null) {
      input = collect();
      collected = input;
    }
    return input;
  }

  private SigningInput collect() {
    if (hash != null) {
      return Digest.of(algorithm.digest().orElseThrow(), hash.digest());
    }
    byte[] bytes = held.toByteArray();
    return switch (kind) {
      case MESSAGE -> Message.of(bytes);
      case DIGEST -> Digest.of(algorithm.digest().orElseThrow(), bytes);
      case DIGEST_INFO -> ofDigestInfo(bytes);
    };
  }

  void clear() {
    held.reset();
    hash = null;
    reserved = false;
    collected = null;
    asked = false;
  }

  private Digest ofDigestInfo(byte[] bytes) {
    return DIGEST_INFO.entrySet().stream()
        .filter(of -> startsWith(bytes, of.getValue(), of.getKey().length()))
        .map(
            of ->
                Digest.of(
                    of.getKey(), Arrays.copyOfRange(bytes, of.getValue().length, bytes.length)))
        .findFirst()
        .orElseThrow(() -> noDigestInfo(bytes.length));
  }

  private static boolean startsWith(byte[] bytes, byte[] head, int more) {
    return bytes.length == head.length + more
        && Arrays.equals(bytes, 0, head.length, head, 0, head.length);
  }

  private EnclaveException noDigestInfo(int length) {
    return Texts.NO_DIGEST_INFO.as(
        ErrorCode.INVALID_DIGEST,
        length,
        algorithm.digest().orElseThrow().jcaName(),
        algorithm,
        algorithm.jcaName());
  }
}
