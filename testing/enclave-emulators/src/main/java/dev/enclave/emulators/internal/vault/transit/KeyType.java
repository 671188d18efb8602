package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.Curve;
import java.util.Arrays;
import java.util.Optional;

/** The types of keys ({@code sdk/helper/keysutil/policy.go}, KeyType). */
enum KeyType {
  AES128_GCM96("aes128-gcm96", 16),
  AES256_GCM96("aes256-gcm96", 32),
  CHACHA20_POLY1305("chacha20-poly1305", 32),
  XCHACHA20_POLY1305("xchacha20-poly1305", 32),
  ED25519("ed25519", 0),
  ECDSA_P256("ecdsa-p256", 0),
  ECDSA_P384("ecdsa-p384", 0),
  ECDSA_P521("ecdsa-p521", 0),
  RSA_2048("rsa-2048", 0),
  RSA_3072("rsa-3072", 0),
  RSA_4096("rsa-4096", 0),
  HMAC("hmac", 0),
  /** Vault Enterprise alone: a key of an HSM that Vault is configured with. */
  MANAGED_KEY("managed_key", 0);

  private final String title;
  private final int secretBytes;

  KeyType(String title, int secretBytes) {
    this.title = title;
    this.secretBytes = secretBytes;
  }

  static Optional<KeyType> of(String title) {
    return Arrays.stream(values()).filter(type -> type.title.equals(title)).findFirst();
  }

  /** As requests and messages have it. */
  String title() {
    return title;
  }

  /** The length of a symmetric key that encrypts; 0 for all others. */
  int secretBytes() {
    return secretBytes;
  }

  boolean symmetric() {
    return secretBytes > 0;
  }

  Optional<Curve> curve() {
    return switch (this) {
      case ECDSA_P256 -> Optional.of(Curve.P_256);
      case ECDSA_P384 -> Optional.of(Curve.P_384);
      case ECDSA_P521 -> Optional.of(Curve.P_521);
      default -> Optional.empty();
    };
  }

  /** The length of the modulus; 0 for what is not RSA. */
  int rsaBits() {
    return switch (this) {
      case RSA_2048 -> 2048;
      case RSA_3072 -> 3072;
      case RSA_4096 -> 4096;
      default -> 0;
    };
  }

  boolean rsa() {
    return rsaBits() > 0;
  }

  boolean signs() {
    return !symmetric() && this != HMAC;
  }

  boolean encrypts() {
    return symmetric() || rsa() || this == MANAGED_KEY;
  }

  boolean derives() {
    return symmetric() || this == ED25519;
  }

  /** Whether what is signed is hashed first. */
  boolean hashes() {
    return signs() && this != ED25519;
  }

  /** The name of a version of an asymmetric key, as Go names its curve. */
  String versionName() {
    return switch (this) {
      case ECDSA_P256 -> "P-256";
      case ECDSA_P384 -> "P-384";
      case ECDSA_P521 -> "P-521";
      default -> title;
    };
  }
}
