package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.vault.common.GoBase64;
import java.security.SecureRandom;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Keys of a context: HKDF-SHA-256 without a salt (RFC 5869), the context as its info. */
final class Derivation {

  private static final int SEED_BYTES = 32;

  private Derivation() {}

  static byte[] secret(KeyVersion version, byte[] context, int length) {
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(SHA256Digest.newInstance());
    hkdf.init(new HKDFParameters(version.secret(), null, context));
    byte[] derived = new byte[length];
    hkdf.generateBytes(derived, 0, length);
    return derived;
  }

  static EdwardsMaterial pair(KeyVersion version, byte[] context) {
    return Seeds.pair(secret(version, context, SEED_BYTES), new SecureRandom());
  }

  static String publicKey(KeyVersion version, byte[] context) {
    return GoBase64.encode(KeyVersion.rawPublicKey(pair(version, context)));
  }
}
