package dev.enclave.crypto.internal.forms;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.hash.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;

/** Forms of a public key that only some algorithms have. Callers have checked that they do. */
public final class PublicKeyForms {

  private static final int ADDRESS_LENGTH = 20;

  private PublicKeyForms() {}

  public static byte[] point(PublicKeyInfo key, boolean compressed) {
    return ((ECPublicKeyParameters) parsed(key)).getQ().getEncoded(compressed);
  }

  public static String ethereumAddress(PublicKeyInfo key) {
    byte[] point = point(key, false);
    byte[] hash = keccak(Arrays.copyOfRange(point, 1, point.length));
    return checksummed(Arrays.copyOfRange(hash, hash.length - ADDRESS_LENGTH, hash.length));
  }

  /** EIP-55: a letter is upper case where the hash of the digits has an 8 or more in its place. */
  static String checksummed(byte[] address) {
    String digits = HexFormat.of().formatHex(address);
    String hash = HexFormat.of().formatHex(keccak(digits.getBytes(StandardCharsets.US_ASCII)));
    StringBuilder text = new StringBuilder("0x");
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      text.append(hash.charAt(i) >= '8' ? Character.toUpperCase(digit) : digit);
    }
    return text.toString();
  }

  private static byte[] keccak(byte[] data) {
    return Digests.hash(DigestAlgorithm.KECCAK_256, data);
  }

  public static String openSsh(PublicKeyInfo key) {
    byte[] blob;
    try {
      blob = OpenSSHPublicKeyUtil.encodePublicKey(parsed(key));
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot be full");
    }
    return openSshType(key.algorithm()) + " " + Base64.getEncoder().encodeToString(blob);
  }

  private static String openSshType(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> "ssh-ed25519";
      case ECDSA -> "ecdsa-sha2-nistp" + algorithm.keyBits();
      default -> "ssh-rsa";
    };
  }

  private static AsymmetricKeyParameter parsed(PublicKeyInfo key) {
    return PublicKeys.parse(key.spki().toByteArray(), key.algorithm());
  }
}
