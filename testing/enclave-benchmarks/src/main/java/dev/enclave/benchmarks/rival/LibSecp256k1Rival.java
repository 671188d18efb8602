package dev.enclave.benchmarks.rival;

import dev.enclave.benchmarks.setting.TestKeys;
import fr.acinq.secp256k1.Secp256k1;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.BigIntegers;

/**
 * libsecp256k1 by its JNI binding, with the JDK's SHA-256 in front as the library takes digests.
 */
final class LibSecp256k1Rival implements Recoverable {

  private static final int POINT_LENGTH = 65;

  private final Secp256k1 library = Secp256k1.get();
  private final byte[] privateKey;
  private final byte[] publicKey;
  private final byte[] message;

  LibSecp256k1Rival(TestKeys keys, byte[] message) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("EC", new BouncyCastleProvider());
    ECPrivateKey key =
        (ECPrivateKey) factory.generatePrivate(new PKCS8EncodedKeySpec(keys.pkcs8().toByteArray()));
    this.privateKey = BigIntegers.asUnsignedByteArray(32, key.getS());
    // The last field of a SubjectPublicKeyInfo is the uncompressed point.
    byte[] spki = keys.spki().toByteArray();
    this.publicKey = Arrays.copyOfRange(spki, spki.length - POINT_LENGTH, spki.length);
    this.message = message;
  }

  private static MessageDigest sha256() throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256", TestKeys.provider("SUN"));
  }

  @Override
  public Work signing() throws GeneralSecurityException {
    MessageDigest sha256 = sha256();
    return () -> library.sign(sha256.digest(message), privateKey);
  }

  @Override
  public Work verification() throws GeneralSecurityException {
    MessageDigest sha256 = sha256();
    byte[] made = library.sign(sha256.digest(message), privateKey);
    return () -> Rival.valid(library.verify(made, sha256.digest(message), publicKey));
  }

  @Override
  public Work signingWithRecoveryId() throws GeneralSecurityException {
    MessageDigest sha256 = sha256();
    return () -> {
      byte[] digest = sha256.digest(message);
      byte[] signature = library.sign(digest, privateKey);
      return Arrays.equals(library.ecdsaRecover(signature, digest, 0), publicKey) ? 0 : 1;
    };
  }
}
