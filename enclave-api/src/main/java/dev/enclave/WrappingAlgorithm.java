package dev.enclave;

import static dev.enclave.DigestAlgorithm.SHA_256;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The schemes of key-encryption keys (KEKs), which wrap data-encryption keys. */
public enum WrappingAlgorithm implements KeyAlgorithm {
  /** A symmetric KEK (NIST SP 800-38D). */
  AES_256_GCM(Family.AES_GCM, null, 256, null, "A256GCMKW", null, "AES/GCM/NoPadding"),
  /** RSAES-OAEP with SHA-256 and MGF1 over SHA-256 (RFC 8017 §7.1). */
  RSA_OAEP_3072_SHA256(
      Family.RSA_OAEP, null, 3072, SHA_256, "RSA-OAEP-256", -41, "RSA/ECB/OAEPPadding"),
  RSA_OAEP_4096_SHA256(
      Family.RSA_OAEP, null, 4096, SHA_256, "RSA-OAEP-256", -41, "RSA/ECB/OAEPPadding");

  @SuppressWarnings("ImmutableEnumChecker") // a record of strings, numbers and constants
  private final AlgorithmTraits traits;

  WrappingAlgorithm(
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
   * The wrapping algorithm spelled {@code name}, as this enumeration spells it; case is not
   * significant.
   *
   * @throws UsageException ({@link ErrorCode#UNKNOWN_ALGORITHM}) naming the ones there are
   */
  public static WrappingAlgorithm parse(String name) {
    return AlgorithmTraits.parse(name, List.of(values()));
  }

  @Override
  public KeyPurpose purpose() {
    return KeyPurpose.WRAP;
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
