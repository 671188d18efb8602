package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SigningMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import dev.enclave.emulators.internal.x509.Pem;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** A version of a key. Its arrays are not changed by anybody. */
final class KeyVersion {

  private static final int HMAC_BYTES = 32;
  private static final int RAW_EDWARDS = 32;

  private final Instant created;
  private final byte[] secret;
  private final Optional<SigningMaterial> pair;
  private final byte[] hmacKey;

  private KeyVersion(
      Instant created, byte[] secret, Optional<SigningMaterial> pair, byte[] hmacKey) {
    this.created = created;
    this.secret = secret;
    this.pair = pair;
    this.hmacKey = hmacKey;
  }

  /** A new version of an ordinary key. */
  static KeyVersion generate(KeyType type, int keySize, Instant now, SecureRandom random) {
    if (type.symmetric() || type == KeyType.HMAC) {
      byte[] secret = bytes(type.symmetric() ? type.secretBytes() : keySize, random);
      return ofSecret(type, secret, now, random);
    }
    return ofPair(pair(type, random), now, random);
  }

  static KeyVersion ofSecret(KeyType type, byte[] secret, Instant now, SecureRandom random) {
    byte[] hmacKey = type == KeyType.HMAC ? secret : bytes(HMAC_BYTES, random);
    return new KeyVersion(now, secret, Optional.empty(), hmacKey);
  }

  static KeyVersion ofPair(SigningMaterial pair, Instant now, SecureRandom random) {
    byte[] secret = new byte[0];
    if (pair instanceof EdwardsMaterial edwards) {
      byte[] encoded = edwards.privateKey();
      byte[] seed = Seeds.ofPkcs8(encoded);
      secret = Arrays.copyOf(seed, 2 * RAW_EDWARDS);
      System.arraycopy(rawPublicKey(edwards), 0, secret, RAW_EDWARDS, RAW_EDWARDS);
    }
    return new KeyVersion(now, secret, Optional.of(pair), bytes(HMAC_BYTES, random));
  }

  private static SigningMaterial pair(KeyType type, SecureRandom random) {
    if (type.curve().isPresent()) {
      return EcMaterial.generate(type.curve().get(), random);
    }
    return type.rsa()
        ? RsaMaterial.generate(type.rsaBits(), random)
        : EdwardsMaterial.generate(random);
  }

  private static byte[] bytes(int length, SecureRandom random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** The 32 bytes that end an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4). */
  static byte[] rawPublicKey(EdwardsMaterial pair) {
    byte[] encoded = pair.publicKey();
    return Arrays.copyOfRange(encoded, encoded.length - RAW_EDWARDS, encoded.length);
  }

  Instant created() {
    return created;
  }

  /**
   * Of symmetric keys; of ed25519 the seed and the public key, which derived keys are derived from;
   * empty for others.
   */
  byte[] secret() {
    return secret;
  }

  /** Of asymmetric keys. */
  Optional<SigningMaterial> pair() {
    return pair;
  }

  /** Which every version has. */
  byte[] hmacKey() {
    return hmacKey;
  }

  /** As a key's answer has it: PEM, or base64 of the 32 bytes of an Ed25519 key. */
  String publicKey() {
    SigningMaterial material = pair.orElseThrow();
    return material instanceof EdwardsMaterial edwards
        ? GoBase64.encode(rawPublicKey(edwards))
        : Pem.publicKey(material.publicKey());
  }

  /** Shows nothing. */
  @Override
  public String toString() {
    return "KeyVersion";
  }
}
