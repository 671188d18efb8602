package dev.enclave.emulators.internal.azure.keys.use;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.security.SecureRandom;

/**
 * "Key types, algorithms, and operations", WRAPKEY/UNWRAPKEY, ENCRYPT/DECRYPT of RSA: RSA-OAEP has
 * SHA-1 for label and mask, RSA-OAEP-256 has SHA-256 for both, and RSA1_5 is RSAES-PKCS1-v1_5.
 */
enum RsaEncryption {
  RSA_OAEP,
  RSA_OAEP_256,
  RSA1_5;

  private static final int PKCS1_OVERHEAD = 11;

  static RsaEncryption named(String name) {
    return switch (name) {
      case "RSA-OAEP" -> RSA_OAEP;
      case "RSA-OAEP-256" -> RSA_OAEP_256;
      case "RSA1_5" -> RSA1_5;
      default -> throw Encryption.unsuitable(name);
    };
  }

  byte[] encrypt(RsaMaterial key, byte[] plaintext, SecureRandom random) {
    int most = this == RSA1_5 ? key.modulusBytes() - PKCS1_OVERHEAD : key.mostPlaintext(hash());
    if (plaintext.length > most) {
      throw AzureFailure.badParameter(
          "Invalid length of 'value': " + plaintext.length + " bytes. At most " + most + " fit.");
    }
    return this == RSA1_5
        ? key.encryptPkcs1(plaintext, random)
        : key.encrypt(hash(), plaintext, random);
  }

  byte[] decrypt(RsaMaterial key, byte[] ciphertext) {
    return (this == RSA1_5 ? key.decryptPkcs1(ciphertext) : key.decrypt(hash(), ciphertext))
        .orElseThrow(() -> AzureFailure.badParameter("The value is no ciphertext of this key."));
  }

  private Hash hash() {
    return this == RSA_OAEP ? Hash.SHA_1 : Hash.SHA_256;
  }
}
