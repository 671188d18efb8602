package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The whole scheme a key is made for: curve or modulus, padding and hash. Fixed for the life of the
 * key. A key either signs or wraps, so each constant is a {@link SigningAlgorithm} or a {@link
 * WrappingAlgorithm}.
 */
public sealed interface KeyAlgorithm permits SigningAlgorithm, WrappingAlgorithm {

  /** The kind of mathematics, for code that handles all sizes alike. */
  enum Family {
    EDDSA,
    ECDSA,
    /** RSASSA-PSS (RFC 8017 §8.1): MGF1 with the same hash, salt as long as the hash. */
    RSA_PSS,
    /** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). */
    RSA_PKCS1,
    AES_GCM,
    RSA_OAEP
  }

  /** All of them, those that sign first. */
  static List<KeyAlgorithm> all() {
    return Stream.<KeyAlgorithm>concat(
            Stream.of(SigningAlgorithm.values()), Stream.of(WrappingAlgorithm.values()))
        .toList();
  }

  /**
   * The algorithm spelled {@code name}, as its constant is spelled; case is not significant.
   *
   * @throws UsageException ({@link ErrorCode#UNKNOWN_ALGORITHM}) naming the ones there are
   */
  static KeyAlgorithm parse(String name) {
    return AlgorithmTraits.parse(name, all());
  }

  /** The constant's name, such as {@code ECDSA_P256_SHA256}. */
  String name();

  /** What a key of this algorithm is for. */
  KeyPurpose purpose();

  /** The kind of mathematics. */
  Family family();

  /**
   * The curve's usual name ({@code P-256}, {@code secp256k1}, {@code Ed25519}); none for RSA, AES.
   */
  Optional<String> curve();

  /** Bits of the curve's field, the RSA modulus or the AES key. */
  int keyBits();

  /**
   * The hash of a scheme that hashes first, and of RSAES-OAEP; none for Ed25519, which takes whole
   * messages, and AES.
   */
  Optional<DigestAlgorithm> digest();

  /** Whether there is a public half: everything but AES. */
  default boolean asymmetric() {
    return family() != Family.AES_GCM;
  }

  /** The encoding a signature has unless {@link SignOptions} asks for another: DER for ECDSA. */
  default SignatureEncoding defaultEncoding() {
    return family() == Family.ECDSA ? SignatureEncoding.DER : SignatureEncoding.RAW;
  }

  /** Whether signatures of this algorithm can be laid out as {@code encoding}. */
  default boolean hasEncoding(SignatureEncoding encoding) {
    return (encoding == SignatureEncoding.RAW) != (family() == Family.ECDSA);
  }

  /** The JOSE {@code alg} value (RFC 7518, RFC 8037, RFC 8812), where one is registered. */
  Optional<String> joseName();

  /** The COSE algorithm number (RFC 9053, RFC 8812), where one is registered. */
  OptionalInt coseId();

  /**
   * The name of the JCA {@code Signature} or {@code Cipher}; {@code NONEwithECDSA} where JCA names
   * no combination with the hash.
   */
  String jcaName();

  /**
   * What a JCA object called {@link #jcaName()} has to be told beside: hash, mask and salt length
   * of RSASSA-PSS for {@code Signature.setParameter}, hash, mask and empty label of RSAES-OAEP for
   * {@code Cipher.init}. None where the name says it all, and for AES_256_GCM, whose parameters are
   * made anew for each message.
   */
  Optional<AlgorithmParameterSpec> jcaParameters();
}
