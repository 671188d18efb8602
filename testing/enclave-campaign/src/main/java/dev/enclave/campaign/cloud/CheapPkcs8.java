package dev.enclave.campaign.cloud;

import dev.enclave.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts private keys as OpenSSL may (RFC 5958 §3, PBES2 of RFC 8018 with PBKDF2), by a password
 * that is tried in a moment: for tests that open many.
 */
final class CheapPkcs8 {

  static final int ITERATIONS = 1_000;
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int INTEGER = 0x02;
  private static final byte[] PBES2 = HexFormat.of().parseHex("06092a864886f70d01050d");
  private static final byte[] PBKDF2 = HexFormat.of().parseHex("06092a864886f70d01050c");
  private static final byte[] HMAC_SHA_256 =
      HexFormat.of().parseHex("300c06082a864886f70d02090500");
  private static final byte[] AES_256_CBC = HexFormat.of().parseHex("060960864801650304012a");

  private CheapPkcs8() {}

  static Bytes encrypt(byte[] pkcs8, String password, SecureRandom random)
      throws GeneralSecurityException {
    byte[] salt = new byte[16];
    byte[] iv = new byte[16];
    random.nextBytes(salt);
    random.nextBytes(iv);
    SecretKey derived =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256", "SunJCE")
            .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, 256));
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding", "SunJCE");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(derived.getEncoded(), "AES"),
        new IvParameterSpec(iv));
    byte[] derivation =
        der(
            SEQUENCE,
            der(OCTETS, salt),
            der(INTEGER, BigInteger.valueOf(ITERATIONS).toByteArray()),
            HMAC_SHA_256);
    byte[] scheme =
        der(
            SEQUENCE,
            der(SEQUENCE, PBKDF2, derivation),
            der(SEQUENCE, AES_256_CBC, der(OCTETS, iv)));
    return Bytes.of(
        der(SEQUENCE, der(SEQUENCE, PBES2, scheme), der(OCTETS, cipher.doFinal(pkcs8))));
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length >= 0x100) {
      whole.write(0x82);
      whole.write(length >> 8);
    } else if (length >= 0x80) {
      whole.write(0x81);
    }
    whole.write(length);
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }
}
