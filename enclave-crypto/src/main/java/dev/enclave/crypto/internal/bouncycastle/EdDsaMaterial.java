package dev.enclave.crypto.internal.bouncycastle;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerReader;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.Pkcs8;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.signature.EdDsaVerifier;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** An Ed25519 private key: the 32-byte seed (RFC 8032 §5.1.5, RFC 8410 §7). */
public final class EdDsaMaterial implements KeyMaterial.Signing {

  private final OffHeapSecret seed;
  // Signing hashes the public key in; it is always the one derived here (RFC 8032 §8, double
  // public key oracle).
  private final byte[] publicKey;
  private final PublicKeyInfo info;

  /**
   * @param seed overwritten
   */
  private EdDsaMaterial(byte[] seed) {
    this.publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    this.info =
        PublicKeyInfo.fromSpki(
            PublicKeys.spki(new Ed25519PublicKeyParameters(publicKey), SigningAlgorithm.ED25519),
            SigningAlgorithm.ED25519);
    this.seed = OffHeapSecret.of(seed);
  }

  static EdDsaMaterial generate(SecureRandom random) {
    byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
    Ed25519.generatePrivateKey(random, seed);
    return new EdDsaMaterial(seed);
  }

  public static EdDsaMaterial decode(byte[] encoded) {
    try {
      return new EdDsaMaterial(seed(encoded));
    } catch (DerException e) {
      throw Pkcs8.malformed(SigningAlgorithm.ED25519, encoded.length, e);
    }
  }

  /** The seed in a PKCS#8. The caller overwrites it. */
  public static byte[] seed(byte[] encoded) throws DerException {
    byte[] inner = Pkcs8.unwrap(SigningAlgorithm.ED25519, encoded);
    try {
      DerReader key = new DerReader(inner);
      byte[] seed = key.octetString();
      if (seed.length != Ed25519.SECRET_KEY_SIZE) {
        Arrays.fill(seed, (byte) 0);
        throw new DerException(Texts.SEED_LENGTH.with(seed.length));
      }
      key.end();
      return seed;
    } finally {
      Arrays.fill(inner, (byte) 0);
    }
  }

  /** The PKCS#8 of a seed. The caller overwrites it. */
  public static byte[] pkcs8(byte[] seed) {
    return Pkcs8.wrap(SigningAlgorithm.ED25519, DerWriter.octetString(seed.clone()));
  }

  @Override
  public KeyAlgorithm algorithm() {
    return SigningAlgorithm.ED25519;
  }

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return Optional.of(info);
  }

  @Override
  public SecretBytes encode() {
    return seed.use(opened -> SecretBytes.takeOver(pkcs8(opened)));
  }

  @Override
  public Bytes sign(SigningInput input) {
    return Bytes.of(sign(EdDsaVerifier.message(input)));
  }

  public byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    return seed.use(
        opened -> {
          Ed25519.sign(opened, 0, publicKey, 0, message, 0, message.length, signature, 0);
          return signature;
        });
  }

  @Override
  public void destroy() {
    seed.close();
  }
}
