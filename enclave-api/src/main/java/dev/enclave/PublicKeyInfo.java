package dev.enclave;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A valid public key and the scheme it is for. Immutable and thread-safe; equality is by scheme and
 * encoding.
 *
 * <p>Encodings: DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) with named curve and uncompressed
 * point, PEM ({@code PUBLIC KEY}, RFC 7468 §13), JWK (RFC 7517).
 */
public final class PublicKeyInfo {

  // Possessive throughout: backtracking over white space would take a second for 8 KiB of it.
  private static final Pattern PEM =
      Pattern.compile(
          "\\s*+-----BEGIN PUBLIC KEY-----\\s++([A-Za-z0-9+/=\\s]{1,4096}+)-----END PUBLIC KEY-----\\s*+");

  private final KeyAlgorithm algorithm;
  private final Bytes spki;

  private PublicKeyInfo(KeyAlgorithm algorithm, Bytes spki) {
    this.algorithm = algorithm;
    this.spki = spki;
  }

  /**
   * Reads a DER SubjectPublicKeyInfo.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when it is malformed, of another
   *     algorithm, or not a valid key (point off the curve, wrong modulus length)
   */
  public static PublicKeyInfo fromSpki(byte[] der, KeyAlgorithm algorithm) {
    return new PublicKeyInfo(
        algorithm, PublicKeyEngine.get().canonicalSpki(Bytes.of(der), algorithm));
  }

  /**
   * Reads a PEM block {@code PUBLIC KEY}.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) as {@link #fromSpki}
   */
  public static PublicKeyInfo fromPem(String pem, KeyAlgorithm algorithm) {
    Matcher block = PEM.matcher(pem.length() > 8192 ? "" : pem);
    if (!block.matches()) {
      throw invalidPem(pem);
    }
    byte[] der;
    try {
      der = Base64.getDecoder().decode(block.group(1).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw invalidPem(pem);
    }
    return fromSpki(der, algorithm);
  }

  private static UsageException invalidPem(String pem) {
    return new UsageException(
        ErrorCode.INVALID_PUBLIC_KEY,
        "Expected one PEM block BEGIN PUBLIC KEY but got "
            + pem.length()
            + " characters of something else. Convert with: openssl pkey -pubin -in KEY -outform"
            + " PEM.");
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
