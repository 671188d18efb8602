package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import dev.enclave.internal.PublicKeyPem;
import dev.enclave.internal.texts.Texts;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A valid public key and the scheme it is for. Immutable and thread-safe; equality is by scheme and
 * encoding.
 *
 * <p>Encodings: DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) with named curve and uncompressed
 * point, PEM ({@code PUBLIC KEY}, RFC 7468 §13), JWK (RFC 7517), and a JCA object; X.509
 * certificates are read only; by algorithm also SEC 1 points, the 32 octets of RFC 8032, the
 * numbers of RSA, an Ethereum address and the OpenSSH form. A form that the key's algorithm does
 * not have is refused with a {@link UsageException}, {@link ErrorCode#INVALID_ENCODING}.
 */
public final class PublicKeyInfo {

  private static final int ED25519_LENGTH = 32;

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
   *     algorithm, or not a valid key (point off the curve, wrong modulus length, primes that 100
   *     rounds of Fermat's method find)
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

  /**
   * The key as a JCA object: a {@link java.security.interfaces.ECPublicKey}, {@link
   * java.security.interfaces.EdECPublicKey} or {@link RSAPublicKey}, encoded as {@link #spki()}
   * (format X.509). Its algorithm is EC, EdDSA or RSA; what the scheme adds is {@link
   * KeyAlgorithm#jcaName()} and {@link KeyAlgorithm#jcaParameters()}:
   *
   * <pre>{@code
   * Signature verifier = Signature.getInstance(key.algorithm().jcaName());
   * if (key.algorithm().jcaParameters().isPresent()) {
   *   verifier.setParameter(key.algorithm().jcaParameters().get());
   * }
   * verifier.initVerify(key.toPublicKey());
   * }</pre>
   *
   * <p>A scheme called {@code NONEwithECDSA} is updated with the digest, the others with the
   * message. The JDK's providers accept some malformed signatures that {@link SignatureVerifier}
   * refuses.
   *
   * <p>The JDK's own providers have no secp256k1 and no exponents above 64 bits for large RSA keys;
   * the object is there all the same, for providers that have.
   */
  public PublicKey toPublicKey() {
    return PublicKeyEngine.get().toPublicKey(this);
  }

  /**
   * The point of an ECDSA key, uncompressed (SEC 1 §2.3.3): 04‖x‖y, 65 bytes on P-256 and
   * secp256k1, 97 on P-384, 133 on P-521.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when this is no ECDSA key
   */
  public Bytes uncompressedPoint() {
    return point(false);
  }

  /**
   * The point of an ECDSA key, compressed (SEC 1 §2.3.3): 02 or 03, as y is even or odd, ‖x; 33
   * bytes on P-256 and secp256k1, 49 on P-384, 67 on P-521.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when this is no ECDSA key
   */
  public Bytes compressedPoint() {
    return point(true);
  }

  private Bytes point(boolean compressed) {
    if (algorithm.family() != KeyAlgorithm.Family.ECDSA) {
      throw Texts.NO_POINT.as(ErrorCode.INVALID_ENCODING, algorithm);
    }
    return PublicKeyEngine.get().point(this, compressed);
  }

  /**
   * The 32 bytes of an Ed25519 key (RFC 8032 §5.1.5).
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when this is no Ed25519 key
   */
  public Bytes rawEd25519() {
    if (algorithm != SigningAlgorithm.ED25519) {
      throw Texts.NO_RAW_ED25519.as(ErrorCode.INVALID_ENCODING, algorithm);
    }
    byte[] der = spki.toByteArray();
    return Bytes.of(Arrays.copyOfRange(der, der.length - ED25519_LENGTH, der.length));
  }

  /**
   * The modulus n of an RSA key (RFC 8017 §3.1), of {@link KeyAlgorithm#keyBits()} bits.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when this is no RSA key
   */
  public BigInteger modulus() {
    return rsa(Texts.MODULUS.with()).getModulus();
  }

  /**
   * The public exponent e of an RSA key (RFC 8017 §3.1): odd, at least 65537, below 2^256.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when this is no RSA key
   */
  public BigInteger publicExponent() {
    return rsa(Texts.PUBLIC_EXPONENT.with()).getPublicExponent();
  }

  private RSAPublicKey rsa(String wanted) {
    if (!algorithm.asymmetric() || algorithm.curve().isPresent()) {
      throw Texts.NO_RSA_NUMBER.as(ErrorCode.INVALID_ENCODING, algorithm, wanted);
    }
    return (RSAPublicKey) toPublicKey();
  }

  /**
   * The Ethereum address of a key on secp256k1: 0x and 40 hexadecimal digits, whose case is the
   * checksum of EIP-55. It is the last 20 bytes of Keccak-256 over x‖y (Ethereum Yellow Paper,
   * appendix F).
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when the key is not on secp256k1
   */
  public String ethereumAddress() {
    if (algorithm.curve().filter("secp256k1"::equals).isEmpty()) {
      throw Texts.NO_ETHEREUM_ADDRESS.as(ErrorCode.INVALID_ENCODING, algorithm);
    }
    return PublicKeyEngine.get().ethereumAddress(this);
  }

  /**
   * The key as OpenSSH writes it in {@code .pub} files and {@code authorized_keys}: key type,
   * space, base64; without comment and line end. The type is {@code ssh-ed25519} (RFC 8709 §4),
   * {@code ssh-rsa} (RFC 4253 §6.6) or {@code ecdsa-sha2-nistp256}, {@code -nistp384}, {@code
   * -nistp521} (RFC 5656 §3.1). OpenSSH itself verifies RSA by PKCS #1 v1.5 alone (RFC 8332 §3),
   * whatever the key's scheme.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when OpenSSH has no such key type:
   *     secp256k1, and keys that make no signatures
   */
  public String toOpenSsh() {
    if (algorithm.purpose() != KeyPurpose.SIGN
        || algorithm.curve().filter("secp256k1"::equals).isPresent()) {
      throw Texts.NO_OPENSSH_FORM.as(ErrorCode.INVALID_ENCODING, algorithm);
    }
    return PublicKeyEngine.get().toOpenSsh(this);
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
