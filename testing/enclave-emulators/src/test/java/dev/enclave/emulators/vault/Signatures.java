package dev.enclave.emulators.vault;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** What the JDK says of keys and signatures that the server answers. */
final class Signatures {

  static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);
  static final String INPUT = Base64.getEncoder().encodeToString(MESSAGE);

  private Signatures() {}

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] sha256(byte[] message) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(message);
  }

  static PublicKey ofPem(String algorithm, String pem) throws Exception {
    String base64 = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }

  /** Of the 32 bytes of an Ed25519 key (RFC 8410 §4). */
  static PublicKey ofRaw(String base64) throws Exception {
    byte[] prefix = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    byte[] raw = Base64.getDecoder().decode(base64);
    byte[] encoded = java.util.Arrays.copyOf(prefix, prefix.length + raw.length);
    System.arraycopy(raw, 0, encoded, prefix.length, raw.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** The bytes behind the prefix of a version. */
  static byte[] bytes(String signature, int version) {
    String prefix = "vault:v" + version + ":";
    if (!signature.startsWith(prefix)) {
      throw new AssertionError(signature + " does not begin with " + prefix);
    }
    String text = signature.substring(prefix.length());
    boolean url = text.contains("-") || text.contains("_") || text.length() % 4 != 0;
    return url ? Base64.getUrlDecoder().decode(text) : Base64.getDecoder().decode(text);
  }

  static boolean valid(String algorithm, PublicKey key, byte[] message, byte[] signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(message);
    return verifier.verify(signature);
  }

  static boolean validPss(PublicKey key, byte[] message, byte[] signature, int salt)
      throws Exception {
    Signature verifier = Signature.getInstance("RSASSA-PSS");
    verifier.setParameter(
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
    verifier.initVerify(key);
    verifier.update(message);
    return verifier.verify(signature);
  }
}
