package dev.enclave;

import static dev.enclave.DigestAlgorithm.KECCAK_256;
import static dev.enclave.DigestAlgorithm.SHA_256;
import static dev.enclave.DigestAlgorithm.SHA_384;
import static dev.enclave.DigestAlgorithm.SHA_512;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The schemes of keys that sign. */
public enum SigningAlgorithm implements KeyAlgorithm {
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
  RSA_PKCS1_4096_SHA512(Family.RSA_PKCS1, null, 4096, SHA_512, "RS512", -259, "SHA512withRSA");

  @SuppressWarnings("ImmutableEnumChecker") // a record of strings, numbers and constants
  private final AlgorithmTraits traits;

  SigningAlgorithm(
      Family family,
      @Nullable String curve,
      int keyBits,
      @Nullable DigestAlgorithm digest,
      @Nullable String joseName,
      @Nullable Integer coseId,
      String jcaName) {
    this.traits = new AlgorithmTraits(family, curve, keyBits, digest, joseName, coseId, jcaName);
  }

  /**
   * The signing algorithm spelled {@code name}, as this enumeration spells it; case is not
   * significant.
   *
   * @throws UsageException ({@link ErrorCode#UNKNOWN_ALGORITHM}) naming the ones there are
   */
  public static SigningAlgorithm parse(String name) {
    return AlgorithmTraits.parse(name, List.of(values()));
  }

  @Override
  public KeyPurpose purpose() {
    return KeyPurpose.SIGN;
  }

  @Override
  public Family family() {
    return traits.family();
  }

  @Override
  public Optional<String> curve() {
    return Optional.ofNullable(traits.curve());
  }

  @Override
  public int keyBits() {
    return traits.keyBits();
  }

  @Override
  public Optional<DigestAlgorithm> digest() {
    return Optional.ofNullable(traits.digest());
  }

  @Override
  public Optional<String> joseName() {
    return Optional.ofNullable(traits.joseName());
  }

  @Override
  public OptionalInt coseId() {
    return traits.cose();
  }

  @Override
  public String jcaName() {
    return traits.jcaName();
  }

  @Override
  public Optional<AlgorithmParameterSpec> jcaParameters() {
    return traits.jcaParameters();
  }
}
