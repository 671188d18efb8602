package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.EdwardsMaterial;
import dev.enclave.emulators.internal.crypto.PrivateKeys;
import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;

/** The 32 bytes that an Ed25519 key is made from (RFC 8032 §5.1.5). */
final class Seeds {

  private Seeds() {}

  static byte[] ofPkcs8(byte[] encoded) {
    try {
      return ((Ed25519PrivateKeyParameters) PrivateKeyFactory.createKey(encoded)).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("An Ed25519 key could not be decoded.", e);
    }
  }

  static EdwardsMaterial pair(byte[] seed, SecureRandom random) {
    try {
      byte[] encoded =
          PrivateKeyInfoFactory.createPrivateKeyInfo(new Ed25519PrivateKeyParameters(seed))
              .getEncoded("DER");
      return (EdwardsMaterial) PrivateKeys.parse(encoded, random).orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException("An Ed25519 key could not be encoded.", e);
    }
  }
}
