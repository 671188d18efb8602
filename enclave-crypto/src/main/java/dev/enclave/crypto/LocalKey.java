package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.choice.Materials;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * A private or secret key held in this process. Thread-safe. Every method but {@link #close()},
 * {@link #algorithm()} and {@link #publicKey()} throws {@link UsageException} ({@link
 * ErrorCode#CLOSED}) after {@link #close()}.
 */
public interface LocalKey extends AutoCloseable {

  /**
   * A fresh key. RSA keys have the public exponent 65537 and take up to several seconds.
   *
   * @param random makes the key; kept for PSS salts, OAEP seeds, AES-GCM nonces and, by Bouncy
   *     Castle, RSA blinding
   */
  static LocalKey generate(KeyAlgorithm algorithm, SecureRandom random) {
    return new HeldKey(Materials.generate(algorithm, random));
  }

  /**
   * Reads what {@link #encode()} gives. The public key is derived from the private key; one that
   * the encoding carries is ignored.
   *
   * @param material DER PKCS#8 (RFC 5958) with a named curve; for AES the 32 raw bytes
   * @param random kept for PSS salts, OAEP seeds, AES-GCM nonces and, by Bouncy Castle, RSA
   *     blinding
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code material} is not a
   *     private key of {@code algorithm}: malformed, another curve, another modulus size, numbers
   *     that do not belong together
   */
  static LocalKey decode(KeyAlgorithm algorithm, SecretBytes material, SecureRandom random) {
    return new HeldKey(Materials.decode(algorithm, material, random));
  }

  /** The scheme. */
  KeyAlgorithm algorithm();

  /** The public half; empty for AES. */
  Optional<PublicKeyInfo> publicKey();

  /** The key itself as {@link #decode} reads it. The caller closes it. */
  SecretBytes encode();

  /**
   * A signature in {@link KeyAlgorithm#defaultEncoding()}, low-s on secp256k1.
   *
   * <p>ECDSA by Bouncy Castle or libsecp256k1 is deterministic (RFC 6979), with HMAC over the
   * scheme's own hash (SHA-256 where that is Keccak-256). By Corretto it is not: nonces come from
   * AWS-LC's generator (NIST SP 800-90A). {@link CryptoEngines} says which engine it is.
   *
   * @throws UsageException when {@code input} is a digest and the scheme takes none ({@link
   *     ErrorCode#UNSUPPORTED_INPUT}), or of another hash ({@link ErrorCode#INVALID_DIGEST}), or
   *     this is a key for wrapping ({@link ErrorCode#WRONG_PURPOSE})
   * @throws IntegrityException ({@link ErrorCode#KEY_DATA_CORRUPT}) when the RSA operation's
   *     self-check fails
   */
  Bytes sign(SigningInput input);

  /**
   * Wraps a data-encryption key.
   *
   * <p>AES_256_GCM gives a random 12-byte nonce ‖ ciphertext ‖ 16-byte tag and is good for 2³²
   * wraps (NIST SP 800-38D §8.3). RSA_OAEP gives one block as long as the modulus (RFC 8017 §7.1.1,
   * SHA-256, MGF1 over SHA-256, empty label).
   *
   * @throws UsageException ({@link ErrorCode#WRONG_PURPOSE} for a signing key, {@link
   *     ErrorCode#INVALID_ARGUMENT} when {@code dataKey} is empty or too long to be wrapped)
   */
  Bytes wrap(SecretBytes dataKey);

  /**
   * Takes a data-encryption key out again. The caller closes it.
   *
   * @throws IntegrityException ({@link ErrorCode#SEALED_DATA_CORRUPT}) when {@code wrapped} was not
   *     made by this key
   * @throws UsageException ({@link ErrorCode#WRONG_PURPOSE}) for a signing key
   */
  SecretBytes unwrap(Bytes wrapped);

  /** Overwrites the key where the platform lets it and forgets it. Idempotent. */
  @Override
  void close();
}
