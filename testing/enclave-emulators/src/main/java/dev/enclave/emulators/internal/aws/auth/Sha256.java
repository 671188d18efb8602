package dev.enclave.emulators.internal.aws.auth;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** SHA-256 and its HMAC, as request signatures use them. */
final class Sha256 {

  private Sha256() {}

  static String hex(byte[] data) {
    Digest digest = SHA256Digest.newInstance();
    digest.update(data, 0, data.length);
    byte[] hash = new byte[32];
    digest.doFinal(hash, 0);
    return HexFormat.of().formatHex(hash);
  }

  static byte[] hmac(byte[] key, String text) {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    HMac mac = new HMac(SHA256Digest.newInstance());
    mac.init(new KeyParameter(key));
    mac.update(data, 0, data.length);
    byte[] tag = new byte[32];
    mac.doFinal(tag, 0);
    return tag;
  }
}
