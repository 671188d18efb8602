package dev.enclave;

import java.util.Base64;
import java.util.Optional;

/**
 * A valid public key and the scheme it is for. Immutable and thread-safe; equality is by scheme and
 * encoding.
 *
 * <p>Encodings: DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) with named curve and uncompressed
 * point, PEM ({@code PUBLIC KEY}, RFC 7468 §13), JWK (RFC 7517). X.509 certificates are read only.
 */
public final class PublicKeyInfo {

  private final KeyAlgorithm algorithm;
  private final Bytes spki;

  private PublicKeyInfo(KeyAlgorithm algorithm, Bytes spki) {
    this.algorithm = algorithm;
    this.spki = spki;
  }

  /**
   * Reads a DER SubjectPublicKeyInfo. An RSA key under the identifier {@code id-RSASSA-PSS} (RFC
   * 4055 §1.2) is taken for an algorithm of RSASSA-PSS that its parameters allow; {@link #spki()}
   * has it under {@code rsaEncryption}.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when it is malformed, of another
   *     algorithm, or not a valid key (point off the curve, wrong modulus length)
   */
  public static PublicKeyInfo fromSpki(byte[] der, KeyAlgorithm algorithm) {
    return new PublicKeyInfo(
        algorithm, PublicKeyEngine.get().canonicalSpki(Bytes.of(der), algorithm));
  }

  /**
   * Takes the public key out of a DER X.509 certificate (RFC 5280 §4.1). Nothing else of the
   * certificate is looked at: neither its signature, nor its names, dates and key usage.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when it is no certificate, and as
   *     {@link #fromSpki}
   */
  public static PublicKeyInfo fromCertificate(byte[] der, KeyAlgorithm algorithm) {
    Bytes spki = PublicKeyEngine.get().certificateSpki(Bytes.of(der));
    return fromSpki(spki.toByteArray(), algorithm);
  }

  /**
   * Reads one PEM block: {@code PUBLIC KEY} as {@link #fromSpki}, {@code CERTIFICATE} as {@link
   * #fromCertificate}. A byte order mark and explanatory text (RFC 7468 §5.2) may stand before the
   * block, white space after it.
   *
   * @param pem at most 65,536 characters
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when it is not one such block,
   *     and as {@link #fromSpki}
   */
  public static PublicKeyInfo fromPem(String pem, KeyAlgorithm algorithm) {
    PublicKeyPem block = PublicKeyPem.read(pem);
    byte[] der = block.der().toByteArray();
    return block.certificate() ? fromCertificate(der, algorithm) : fromSpki(der, algorithm);
  }

  /**
   * Reads a JWK that must be for {@code algorithm}.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) as {@link #fromSpki}
   */
  public static PublicKeyInfo fromJwk(String json, KeyAlgorithm algorithm) {
    return PublicKeyEngine.get().parseJwk(json, Optional.of(algorithm)).key();
  }

  /** The scheme. */
  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  /** DER SubjectPublicKeyInfo. */
  public Bytes spki() {
    return spki;
  }

  /** SHA-256 over {@link #spki()}. */
  public Fingerprint fingerprint() {
    return PublicKeyEngine.get().fingerprint(spki);
  }

  /** PEM, lines of 64 characters, ended by LF. */
  public String toPem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(spki.toByteArray())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /** A JWK as compact JSON. */
  public String toJwk() {
    return PublicKeyEngine.get().toJwk(this, Optional.empty());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublicKeyInfo that
        && algorithm == that.algorithm
        && spki.equals(that.spki);
  }

  @Override
  public int hashCode() {
    return spki.hashCode();
  }

  @Override
  public String toString() {
    return "PublicKeyInfo[" + algorithm + ", " + fingerprint() + "]";
  }
}
