package dev.enclave.os.internal.linux;

import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.agreement.DHBasicAgreement;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.generators.DHBasicKeyPairGenerator;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.paddings.PKCS7Padding;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.DHKeyGenerationParameters;
import org.bouncycastle.crypto.params.DHParameters;
import org.bouncycastle.crypto.params.DHPublicKeyParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.util.BigIntegers;

/**
 * {@code dh-ietf1024-sha256-aes128-cbc-pkcs7}, the only encryption the Secret Service API has
 * (draft 0.2, "Transfer of Secrets"): Diffie-Hellman in the second Oakley group (RFC 2409 §6.2),
 * HKDF with SHA-256 (RFC 5869) and no salt, AES-128-CBC. It keeps secrets from who reads along on
 * the bus, and authenticates nobody.
 */
final class TransportCipher implements AutoCloseable {

  static final String ALGORITHM = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

  private static final DHParameters GROUP = DHStandardGroups.rfc2409_1024;
  private static final int GROUP_LENGTH = 128;
  private static final int KEY_LENGTH = 16;
  private static final int BLOCK = 16;

  private final SecureRandom random;
  private final AsymmetricCipherKeyPair ours;
  private final byte[] key = new byte[KEY_LENGTH];

  TransportCipher(SecureRandom random) {
    this.random = random;
    DHBasicKeyPairGenerator generator = new DHBasicKeyPairGenerator();
    generator.init(new DHKeyGenerationParameters(random, GROUP));
    this.ours = generator.generateKeyPair();
  }

  /** What the service is told: big-endian, 128 bytes. */
  byte[] publicKey() {
    return BigIntegers.asUnsignedByteArray(
        GROUP_LENGTH, ((DHPublicKeyParameters) ours.getPublic()).getY());
  }

  /**
   * Takes what the service answered.
   *
   * @param theirs big-endian, perhaps without its leading zeros
   * @return whether that is a public key of the group
   */
  boolean agree(byte[] theirs) {
    byte[] shared;
    try {
      DHBasicAgreement agreement = new DHBasicAgreement();
      agreement.init(ours.getPrivate());
      BigInteger secret =
          agreement.calculateAgreement(new DHPublicKeyParameters(new BigInteger(1, theirs), GROUP));
      // Both sides derive from as many bytes as the group has.
      shared = BigIntegers.asUnsignedByteArray(GROUP_LENGTH, secret);
    } catch (IllegalArgumentException | IllegalStateException e) {
      return false;
    }
    HKDFBytesGenerator derivation = new HKDFBytesGenerator(SHA256Digest.newInstance());
    derivation.init(new HKDFParameters(shared, null, null));
    derivation.generateBytes(key, 0, KEY_LENGTH);
    Arrays.fill(shared, (byte) 0);
    return true;
  }

  /** A fresh initialisation vector. */
  byte[] newVector() {
    byte[] vector = new byte[BLOCK];
    random.nextBytes(vector);
    return vector;
  }

  byte[] encrypt(byte[] vector, byte[] secret) {
    try {
      return process(true, vector, secret);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption has no invalid input");
    }
  }

  /**
   * The secret, which the caller closes. CBC has no authentication: what was encrypted for another
   * session has a valid padding once in about 256 times, and then decrypts to random bytes.
   *
   * @throws InvalidCipherTextException when the vector, the length or the padding is invalid
   */
  SecretBytes decrypt(byte[] vector, byte[] encrypted) throws InvalidCipherTextException {
    if (vector.length != BLOCK) {
      throw new InvalidCipherTextException("no vector");
    }
    return SecretBytes.takeOver(process(false, vector, encrypted));
  }

  private byte[] process(boolean encrypting, byte[] vector, byte[] input)
      throws InvalidCipherTextException {
    PaddedBufferedBlockCipher cipher =
        new PaddedBufferedBlockCipher(
            CBCBlockCipher.newInstance(AESEngine.newInstance()), new PKCS7Padding());
    cipher.init(encrypting, new ParametersWithIV(new KeyParameter(key), vector));
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    try {
      int length = cipher.processBytes(input, 0, input.length, output, 0);
      length += cipher.doFinal(output, length);
      return Arrays.copyOf(output, length);
    } catch (org.bouncycastle.crypto.DataLengthException e) {
      throw new InvalidCipherTextException("no whole blocks");
    } finally {
      Arrays.fill(output, (byte) 0);
    }
  }

  @Override
  public void close() {
    Arrays.fill(key, (byte) 0);
  }
}
