package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import java.security.SecureRandom;
import java.util.Arrays;

/** {@code sdk/helper/keysutil/policy.go}, EncryptWithFactory and DecryptWithFactory. */
final class Ciphering {

  private static final int MAC_BYTES = 32;

  private final SecureRandom random;

  Ciphering(SecureRandom random) {
    this.random = random;
  }

  /** What belongs to one ciphertext; its arrays are not changed by anybody. */
  static final class Surroundings {

    private final byte[] context;
    private final byte[] associatedData;

    Surroundings(byte[] context, byte[] associatedData) {
      this.context = context;
      this.associatedData = associatedData;
    }

    /** Of derived keys; empty for none. */
    byte[] context() {
      return context;
    }

    /** What is authenticated; empty for none. */
    byte[] associatedData() {
      return associatedData;
    }
  }

  /** The version that encrypts. */
  static int versionFor(TransitKey key, int asked) {
    if (key.softDeleted()) {
      throw UserError.of(Refusals.SOFT_DELETED);
    }
    if (!key.type().encrypts()) {
      throw UserError.of("message encryption not supported for key type " + key.type().title());
    }
    if (asked < 0) {
      throw UserError.of("requested version for encryption is negative");
    }
    if (asked > key.latest()) {
      throw UserError.of("requested version for encryption is higher than the latest key version");
    }
    if (asked != 0 && asked < key.limits().encryption()) {
      throw UserError.of(
          "requested version for encryption is less than the minimum encryption key version");
    }
    return asked == 0 ? key.latest() : asked;
  }

  String encrypt(TransitKey key, int number, byte[] plaintext, Surroundings surroundings) {
    KeyVersion version = key.version(number).orElseThrow(() -> UserError.of(Refusals.NO_VERSION));
    byte[] ciphertext;
    if (key.type().symmetric()) {
      byte[] secret = secret(key, version, surroundings);
      byte[] own = Arrays.copyOf(secret, key.type().secretBytes());
      ciphertext =
          Aead.seal(
              key.type(),
              own,
              nonce(key, secret, plaintext),
              plaintext,
              surroundings.associatedData());
    } else if (version.pair().orElse(null) instanceof RsaMaterial rsa) {
      if (plaintext.length > rsa.mostPlaintext(Hash.SHA_256)) {
        throw UserError.internal(
            "failed to RSA encrypt the plaintext: crypto/rsa: message too long for RSA key size");
      }
      ciphertext = rsa.encrypt(Hash.SHA_256, plaintext, random);
    } else {
      throw UserError.internal("unsupported key type " + key.type().title());
    }
    return Signing.prefix(number) + GoBase64.encode(ciphertext);
  }

  /** Random; of convergent keys an HMAC of the plaintext (version 3 of that scheme). */
  private byte[] nonce(TransitKey key, byte[] secret, byte[] plaintext) {
    byte[] nonce = new byte[Aead.nonceBytes(key.type())];
    if (key.traits().convergent()) {
      byte[] macKey = Arrays.copyOfRange(secret, key.type().secretBytes(), secret.length);
      byte[] mac = SecretMaterial.of(macKey).mac(Hash.SHA_256, plaintext);
      return Arrays.copyOf(mac, nonce.length);
    }
    random.nextBytes(nonce);
    return nonce;
  }

  /** The key of the version or of the context, with a key for HMAC behind it if convergent. */
  private static byte[] secret(TransitKey key, KeyVersion version, Surroundings surroundings) {
    if (!key.traits().derived()) {
      return version.secret();
    }
    if (surroundings.context().length == 0) {
      throw UserError.of(
          "missing 'context' for key derivation; the key was created using a derived key, which"
              + " means additional, per-request information must be included in order to perform"
              + " operations with the key");
    }
    int length = key.type().secretBytes() + (key.traits().convergent() ? MAC_BYTES : 0);
    return Derivation.secret(version, surroundings.context(), length);
  }

  byte[] decrypt(TransitKey key, String text, Surroundings surroundings) {
    if (!key.softDeleted() && !key.type().encrypts()) {
      throw UserError.of("message decryption not supported for key type " + key.type().title());
    }
    Versioned versioned = Versioned.parse("ciphertext", text, key);
    byte[] ciphertext =
        GoBase64.decode(versioned.text())
            .orElseThrow(() -> UserError.of("invalid ciphertext: could not decode base64"));
    KeyVersion version =
        key.version(versioned.version()).orElseThrow(() -> UserError.of(Refusals.NO_VERSION));
    if (key.type().symmetric()) {
      byte[] secret = Arrays.copyOf(secret(key, version, surroundings), key.type().secretBytes());
      if (ciphertext.length < Aead.nonceBytes(key.type())) {
        throw UserError.of("invalid ciphertext length");
      }
      return Aead.open(key.type(), secret, ciphertext, surroundings.associatedData())
          .orElseThrow(() -> UserError.of(Aead.failure(key.type())));
    }
    if (version.pair().orElse(null) instanceof RsaMaterial rsa) {
      return rsa.decrypt(Hash.SHA_256, ciphertext)
          .orElseThrow(
              () ->
                  UserError.internal(
                      "failed to RSA decrypt the ciphertext: crypto/rsa: decryption error"));
    }
    throw UserError.internal("unsupported key type " + key.type().title());
  }
}
