package dev.enclave.internal;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Fingerprint;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningInput;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.security.PublicKey;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The mathematics behind {@link PublicKeyInfo}, {@link PublicKeySet}, {@link SignatureVerifier},
 * {@link SignatureValue} and {@link Digest}, found by {@link ServiceLoader}; {@code enclave-crypto}
 * provides it. Not for applications. Implementations are thread-safe and name their JCA provider
 * explicitly.
 */
public interface PublicKeyEngine {

  /** Verifies with one public key. Thread-safe. */
  @FunctionalInterface
  interface Verifier {

    /**
     * Whether {@code signature} is a valid signature over {@code input}; false for any malformed
     * signature.
     *
     * @throws UsageException when the algorithm cannot take this input or encoding at all
     */
    boolean verify(SigningInput input, Bytes signature, SignatureEncoding encoding);
  }

  /**
   * Checks that {@code spki} is a DER SubjectPublicKeyInfo for {@code algorithm} with a valid key
   * (point on the curve, modulus of the right size) and gives its canonical encoding: named curve,
   * uncompressed point.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY})
   */
  Bytes canonicalSpki(Bytes spki, KeyAlgorithm algorithm);

  /**
   * The DER SubjectPublicKeyInfo in a DER X.509 certificate (RFC 5280 §4.1), as it stands there.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when it is no certificate
   */
  Bytes certificateSpki(Bytes certificate);

  /** The hash of all that {@code data} gives, read in a bounded buffer and not closed. */
  Digest digest(DigestAlgorithm algorithm, InputStream data) throws IOException;

  /** SHA-256 over {@code spki}. */
  Fingerprint fingerprint(Bytes spki);

  /** A verifier with the key parsed once. */
  Verifier verifier(PublicKeyInfo key);

  /**
   * The recovery id of {@code signature}; empty when it is not valid over {@code input}, or {@code
   * key} is not on secp256k1.
   */
  OptionalInt recoveryId(
      PublicKeyInfo key, SigningInput input, Bytes signature, SignatureEncoding encoding);

  /** As {@link PublicKeyInfo#toPublicKey()}. */
  PublicKey toPublicKey(PublicKeyInfo key);

  /** The point of an ECDSA key (SEC 1 §2.3.3). */
  Bytes point(PublicKeyInfo key, boolean compressed);

  /** The address of a key on secp256k1, with the checksum of EIP-55. */
  String ethereumAddress(PublicKeyInfo key);

  /** The OpenSSH form of an Ed25519, RSA, P-256, P-384 or P-521 key. */
  String toOpenSsh(PublicKeyInfo key);

  /**
   * Lays out a signature anew.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code signature} is not in
   *     encoding {@code from}, or {@code to} does not exist for the algorithm
   */
  Bytes convert(
      Bytes signature, KeyAlgorithm algorithm, SignatureEncoding from, SignatureEncoding to);

  /** One JWK (RFC 7517 §4) as compact JSON. */
  String toJwk(PublicKeyInfo key, Optional<String> keyId);

  /**
   * Reads one JWK.
   *
   * @param algorithm what the key must be for; none takes it from the JWK
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY})
   */
  PublicKeySet.Entry parseJwk(String json, Optional<KeyAlgorithm> algorithm);

  /** A JWK set (RFC 7517 §5) as compact JSON. */
  String toJwks(PublicKeySet keys);

  /**
   * Reads a JWK set; what cannot be used is listed in {@link PublicKeySet#ignored()}.
   *
   * @param defaults the algorithms of keys that do not say theirs
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY})
   */
  PublicKeySet parseJwks(String json, Set<? extends KeyAlgorithm> defaults);

  /**
   * The engine on the class path or module path.
   *
   * @throws ConfigurationException ({@link ErrorCode#ENGINE_NOT_FOUND}) when there is none
   */
  static PublicKeyEngine get() {
    return Holder.ENGINE.orElseThrow(
        () -> Texts.NO_PUBLIC_KEY_ENGINE.as(ErrorCode.ENGINE_NOT_FOUND));
  }

  /** Looks the service up once: it is stateless and the same for the whole class loader. */
  final class Holder {
    private static final Optional<PublicKeyEngine> ENGINE = load();

    private Holder() {}

    private static Optional<PublicKeyEngine> load() {
      Iterator<PublicKeyEngine> found =
          ServiceLoader.load(PublicKeyEngine.class, PublicKeyEngine.class.getClassLoader())
              .iterator();
      return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
    }
  }
}
