package dev.enclave;

import dev.enclave.error.UsageException;
import dev.enclave.error.ErrorCode;
import static dev.enclave.DigestAlgorithm.KECCAK_256;
import static dev.enclave.DigestAlgorithm.SHA_256;
import static dev.enclave.DigestAlgorithm.SHA_384;
import static dev.enclave.DigestAlgorithm.SHA_512;

import dev.enclave.internal.Quoted;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.jspecify.annotations.Nullable;

/**
 * The whole scheme a key is made for: curve or modulus, padding and hash. Fixed for the life of the
 * key.
 */
public enum KeyAlgorithm {
  /** Pure Ed25519 (RFC 8032 §5.1, FIPS 186-5 §7); takes messages only. */
  ED25519(Family.EDDSA, "Ed25519", 256, null, "EdDSA", -8, "Ed25519"),

  ECDSA_P256_SHA256(Family.ECDSA, "P-256", 256, SHA_256, "ES256", -7, "SHA256withECDSA"),
  ECDSA_P384_SHA384(Family.ECDSA, "P-384", 384, SHA_384, "ES384", -35, "SHA384withECDSA"),
  ECDSA_P521_SHA512(Family.ECDSA, "P-521", 521, SHA_512, "ES512", -36, "SHA512withECDSA"),
  /** secp256k1 with SHA-256 (RFC 8812 §3.2); signatures are always low-s. */
  ECDSA_SECP256K1_SHA256(Family.ECDSA, "secp256k1", 256, SHA_256, "ES256K", -47, "SHA256withECDSA"),
  /** secp256k1 over Keccak-256, as Ethereum signs; low-s, with a recovery id. No JOSE name. */
  ECDSA_SECP256K1_KECCAK256(
      Family.ECDSA, "secp256k1", 256, KECCAK_256, null, null, "NONEwithECDSA"),

  RSA_PSS_2048_SHA256(Family.RSA_PSS, null, 2048, SHA_256, "PS256", -37, "RSASSA-PSS"),
  RSA_PSS_3072_SHA256(Family.RSA_PSS, null, 3072, SHA_256, "PS256", -37, "RSASSA-PSS"),
  RSA_PSS_4096_SHA256(Family.RSA_PSS, null, 4096, SHA_256, "PS256", -37, "RSASSA-PSS"),
  RSA_PSS_4096_SHA512(Family.RSA_PSS, null, 4096, SHA_512, "PS512", -39, "RSASSA-PSS"),

  RSA_PKCS1_2048_SHA256(Family.RSA_PKCS1, null, 2048, SHA_256, "RS256", -257, "SHA256withRSA"),
  RSA_PKCS1_3072_SHA256(Family.RSA_PKCS1, null, 3072, SHA_256, "RS256", -257, "SHA256withRSA"),
  RSA_PKCS1_4096_SHA256(Family.RSA_PKCS1, null, 4096, SHA_256, "RS256", -257, "SHA256withRSA"),
  RSA_PKCS1_4096_SHA512(Family.RSA_PKCS1, null, 4096, SHA_512, "RS512", -259, "SHA512withRSA"),

  /** A symmetric KEK (NIST SP 800-38D). */
  AES_256_GCM(Family.AES_GCM, null, 256, null, "A256GCMKW", null, "AES/GCM/NoPadding"),
  /** RSAES-OAEP with SHA-256 and MGF1 over SHA-256 (RFC 8017 §7.1). */
  RSA_OAEP_3072_SHA256(
      Family.RSA_OAEP, null, 3072, SHA_256, "RSA-OAEP-256", -41, "RSA/ECB/OAEPPadding"),
  RSA_OAEP_4096_SHA256(
      Family.RSA_OAEP, null, 4096, SHA_256, "RSA-OAEP-256", -41, "RSA/ECB/OAEPPadding");

  /** The kind of mathematics, for code that handles all sizes alike. */
  public enum Family {
    EDDSA,
    ECDSA,
    /** RSASSA-PSS (RFC 8017 §8.1): MGF1 with the same hash, salt as long as the hash. */
    RSA_PSS,
    /** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2). */
    RSA_PKCS1,
    AES_GCM,
    RSA_OAEP
  }

  private static final String MGF1 = "MGF1";

  private final Family family;
  private final @Nullable String curve;
  private final int keyBits;
  private final @Nullable DigestAlgorithm digest;
  private final @Nullable String joseName;
  private final @Nullable Integer coseId;
  private final String jcaName;

  KeyAlgorithm(
      Family family,
      @Nullable String curve,
      int keyBits,
      @Nullable DigestAlgorithm digest,
      @Nullable String joseName,
      @Nullable Integer coseId,
      String jcaName) {
    this.family = family;
    this.curve = curve;
    this.keyBits = keyBits;
    this.digest = digest;
    this.joseName = joseName;
    this.coseId = coseId;
    this.jcaName = jcaName;
  }

  /**
   * The algorithm spelled {@code name}, as this enumeration spells it; case is not significant.
   *
   * @throws UsageException ({@link ErrorCode#UNKNOWN_ALGORITHM}) naming the ones there are
   */
  public static KeyAlgorithm parse(String name) {
    String wanted = name.toUpperCase(Locale.ROOT);
    for (KeyAlgorithm algorithm : values()) {
      if (algorithm.name().equals(wanted)) {
        return algorithm;
      }
    }
    throw new UsageException(
        ErrorCode.UNKNOWN_ALGORITHM,
        "Algorithm "
            + Quoted.of(name)
            + " is unknown. Use one of "
            + Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))
            + ".");
  }

  /** What a key of this algorithm is for. */
  public KeyPurpose purpose() {
    return family == Family.AES_GCM || family == Family.RSA_OAEP
        ? KeyPurpose.WRAP
        : KeyPurpose.SIGN;
  }

  public Family family() {
    return family;
  }

  /**
   * The curve's usual name ({@code P-256}, {@code secp256k1}, {@code Ed25519}); none for RSA, AES.
   */
  public Optional<String> curve() {
    return Optional.ofNullable(curve);
  }

  /** Bits of the curve's field, the RSA modulus or the AES key. */
  public int keyBits() {
    return keyBits;
  }

  /** The hash of a scheme that hashes first; none for Ed25519, which takes whole messages. */
  public Optional<DigestAlgorithm> digest() {
    return Optional.ofNullable(digest);
  }

  /** Whether there is a public half: everything but AES. */
  public boolean asymmetric() {
    return family != Family.AES_GCM;
  }

  /** The encoding a signature has unless {@link SignOptions} asks for another: DER for ECDSA. */
  public SignatureEncoding defaultEncoding() {
    return family == Family.ECDSA ? SignatureEncoding.DER : SignatureEncoding.RAW;
  }

  /** Whether signatures of this algorithm can be laid out as {@code encoding}. */
  public boolean hasEncoding(SignatureEncoding encoding) {
    return (encoding == SignatureEncoding.RAW) != (family == Family.ECDSA);
  }

  /** The JOSE {@code alg} value (RFC 7518, RFC 8037, RFC 8812), where one is registered. */
  public Optional<String> joseName() {
    return Optional.ofNullable(joseName);
  }

  /** The COSE algorithm number (RFC 9053, RFC 8812), where one is registered. */
  public OptionalInt coseId() {
    return coseId == null ? OptionalInt.empty() : OptionalInt.of(coseId);
  }

  /**
   * The name of the JCA {@code Signature} or {@code Cipher}; {@code NONEwithECDSA} where JCA names
   * no combination with the hash.
   */
  public String jcaName() {
    return jcaName;
  }

  /**
   * What a JCA object called {@link #jcaName()} has to be told beside: hash, mask and salt length
   * of RSASSA-PSS for {@code Signature.setParameter}, hash, mask and empty label of RSAES-OAEP for
   * {@code Cipher.init}. None where the name says it all, and for AES_256_GCM, whose parameters are
   * made anew for each message.
   */
  public Optional<AlgorithmParameterSpec> jcaParameters() {
    return switch (family) {
      case RSA_PSS ->
          digest()
              .map(
                  hash ->
                      new PSSParameterSpec(
                          hash.jcaName(),
                          MGF1,
                          new MGF1ParameterSpec(hash.jcaName()),
                          hash.length(),
                          PSSParameterSpec.TRAILER_FIELD_BC));
      case RSA_OAEP ->
          digest()
              .map(
                  hash ->
                      new OAEPParameterSpec(
                          hash.jcaName(),
                          MGF1,
                          new MGF1ParameterSpec(hash.jcaName()),
                          PSource.PSpecified.DEFAULT));
      default -> Optional.empty();
    };
  }
}
