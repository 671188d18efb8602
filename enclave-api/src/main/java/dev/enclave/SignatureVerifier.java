package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import dev.enclave.internal.texts.Texts;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Verifies signatures of one public key; needs no backend. Immutable and thread-safe; keep it,
 * since making one parses the key.
 *
 * <p>Strict: encodings must be canonical (FIPS 186-5, SEC 1, RFC 8032 §5.1.7, RFC 8017 §8), r and s
 * in range, and s low on secp256k1.
 */
public final class SignatureVerifier {

  private final PublicKeyInfo key;
  private final PublicKeyEngine.Verifier verifier;

  private SignatureVerifier(PublicKeyInfo key, PublicKeyEngine.Verifier verifier) {
    this.key = key;
    this.verifier = verifier;
  }

  /**
   * A verifier for {@code key}.
   *
   * @throws UsageException ({@link ErrorCode#WRONG_PURPOSE}) when the key is not for signatures
   */
  public static SignatureVerifier of(PublicKeyInfo key) {
    requireSigning(key.algorithm());
    return new SignatureVerifier(key, PublicKeyEngine.get().verifier(key));
  }

  /** The key verified against. */
  public PublicKeyInfo key() {
    return key;
  }

  /**
   * Whether {@code signature} is valid over {@code input}. A malformed signature is invalid, never
   * an exception.
   *
   * @throws UsageException when the key's algorithm has no such encoding ({@link
   *     ErrorCode#INVALID_ENCODING}), takes no digests ({@link ErrorCode#UNSUPPORTED_INPUT}), or
   *     takes those of another hash ({@link ErrorCode#INVALID_DIGEST})
   */
  public boolean verify(SigningInput input, byte[] signature, SignatureEncoding encoding) {
    return verify(input, Bytes.of(signature), encoding);
  }

  /** As {@link #verify(SigningInput, byte[], SignatureEncoding)}. */
  public boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    requireTaken(input, encoding);
    return verifier.verify(input, signature, encoding);
  }

  private void requireTaken(SigningInput input, SignatureEncoding encoding) {
    requireEncoding(key.algorithm(), encoding);
    if (input instanceof Digest digest) {
      requireDigest(key.algorithm(), digest);
    }
  }

  /**
   * Whether {@code signature} is valid over {@code input} and of this key's algorithm.
   *
   * @throws UsageException as {@link #verify(SigningInput, byte[], SignatureEncoding)}
   */
  public boolean verify(SigningInput input, SignatureValue signature) {
    return signature.algorithm() == key.algorithm()
        && verify(input, signature.bytes(), signature.encoding());
  }

  /**
   * Which of the candidate public keys of a secp256k1 signature is this key (SEC 1 §4.1.6): bit 0
   * is the parity of R's y, bit 1 says that R's x is not below the group order. Takes about as long
   * as to verify the signature.
   *
   * @return 0 to 3; empty when the signature is not valid over {@code input}, or the key is not on
   *     secp256k1
   * @throws UsageException as {@link #verify(SigningInput, byte[], SignatureEncoding)}
   */
  public OptionalInt recoveryId(SigningInput input, Bytes signature, SignatureEncoding encoding) {
    requireTaken(input, encoding);
    return PublicKeyEngine.get().recoveryId(key, input, signature, encoding);
  }

  /**
   * As {@link #recoveryId(SigningInput, Bytes, SignatureEncoding)}; empty too when {@code
   * signature} is of another algorithm than this key.
   */
  public OptionalInt recoveryId(SigningInput input, SignatureValue signature) {
    return signature.algorithm() == key.algorithm()
        ? recoveryId(input, signature.bytes(), signature.encoding())
        : OptionalInt.empty();
  }

  private static void requireSigning(KeyAlgorithm algorithm) {
    if (algorithm.purpose() != KeyPurpose.SIGN) {
      throw Texts.MAKES_NO_SIGNATURES.as(ErrorCode.WRONG_PURPOSE, algorithm);
    }
  }

  /**
   * Checks that {@code algorithm} makes signatures that can be laid out as {@code encoding}.
   *
   * @throws UsageException ({@link ErrorCode#WRONG_PURPOSE} or {@link ErrorCode#INVALID_ENCODING})
   */
  static void requireEncoding(KeyAlgorithm algorithm, SignatureEncoding encoding) {
    requireSigning(algorithm);
    if (!algorithm.hasEncoding(encoding)) {
      throw Texts.OTHER_ENCODING.as(
          ErrorCode.INVALID_ENCODING, algorithm, encoding, algorithm.defaultEncoding());
    }
  }

  /**
   * Checks that {@code digest} is one that {@code algorithm} signs.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_INPUT} or {@link
   *     ErrorCode#INVALID_DIGEST})
   */
  public static void requireDigest(KeyAlgorithm algorithm, Digest digest) {
    DigestAlgorithm own =
        algorithm
            .digest()
            .orElseThrow(() -> Texts.NO_DIGESTS.as(ErrorCode.UNSUPPORTED_INPUT, algorithm));
    if (own != digest.algorithm()) {
      throw Texts.OTHER_DIGEST.as(
          ErrorCode.INVALID_DIGEST, algorithm, own.jcaName(), digest.algorithm().jcaName());
    }
  }

  /**
   * What a verifier knows of a statement: a text that Enclave signs with a key and, beside it, with
   * its statement key, which no caller can have sign anything. A key signs what its callers ask
   * for, so its signature alone does not say who wrote the text.
   */
  public enum StatementVerdict {

    /** A signature that was to be checked does not verify. */
    INVALID(Texts.VERDICT_NOT_VALID.with()),

    /**
     * The key signed it; whether Enclave wrote it is not known, since the verifier was given no
     * statement key.
     */
    SIGNED_WITH_KEY(Texts.VERDICT_WITH_KEY.with()),

    /** The key signed it, and so did a statement key that the verifier was given. */
    BY_ENCLAVE(Texts.VERDICT_BY_ENCLAVE.with());

    private final String text;

    StatementVerdict(String text) {
      this.text = text;
    }

    /** For people, in a few words: {@code signed with this key}, {@code by Enclave}. */
    public String text() {
      return text;
    }
  }

  /**
   * The signature of a statement key: a key of a backend whose name is reserved, so that it signs
   * nothing but what Enclave itself states.
   *
   * @param key the fingerprint of the statement key's public key, as the signature claims
   * @param signature over the text of the statement, in the default encoding of the statement key's
   *     algorithm
   */
  public record StatementSignature(Fingerprint key, Bytes signature) {

    /** Whether it is over {@code statement} and by one of these keys. */
    public boolean isBy(Set<PublicKeyInfo> statementKeys, Message statement) {
      return statementKeys.stream()
          .filter(candidate -> candidate.fingerprint().equals(key))
          .anyMatch(
              by ->
                  SignatureVerifier.of(by)
                      .verify(statement, signature, by.algorithm().defaultEncoding()));
    }

    /**
     * What is known of a statement that a key signed as well.
     *
     * @param signedWithKey whether the key's signature verifies
     * @param statementKeys the statement keys that the verifier believes; without any nobody is
     *     told that a statement is Enclave's
     */
    public StatementVerdict verdict(
        boolean signedWithKey, Set<PublicKeyInfo> statementKeys, Message statement) {
      if (!signedWithKey) {
        return StatementVerdict.INVALID;
      }
      if (statementKeys.isEmpty()) {
        return StatementVerdict.SIGNED_WITH_KEY;
      }
      return isBy(statementKeys, statement)
          ? StatementVerdict.BY_ENCLAVE
          : StatementVerdict.INVALID;
    }
  }
}
