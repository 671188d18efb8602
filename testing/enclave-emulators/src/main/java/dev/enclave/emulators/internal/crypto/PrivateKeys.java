package dev.enclave.emulators.internal.crypto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;

/** Private keys that somebody imports, and that leave a server wrapped. */
public final class PrivateKeys {

  private PrivateKeys() {}

  /** The pair of a DER-encoded PKCS#8 private key; empty if it is none that can be used. */
  public static Optional<SigningMaterial> parse(byte[] encoded, SecureRandom random) {
    try {
      return material(PrivateKeyFactory.createKey(encoded), random);
    } catch (IOException | RuntimeException e) { // Bouncy Castle throws what it meets.
      return Optional.empty();
    }
  }

  /** DER-encoded PKCS#8. */
  static byte[] encode(AsymmetricKeyParameter key) {
    try {
      return PrivateKeyInfoFactory.createPrivateKeyInfo(key).getEncoded("DER");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<SigningMaterial> material(
      AsymmetricKeyParameter key, SecureRandom random) {
    if (key instanceof ECPrivateKeyParameters ec) {
      return Curve.of(ec.getParameters()).flatMap(curve -> EcMaterial.of(curve, ec.getD()));
    }
    if (key instanceof Ed25519PrivateKeyParameters ed) {
      return Optional.of(new EdwardsMaterial(ed));
    }
    return key instanceof RSAPrivateCrtKeyParameters rsa
        ? RsaMaterial.checked(rsa, random).map(SigningMaterial.class::cast)
        : Optional.empty();
  }
}
