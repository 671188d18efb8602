package dev.enclave.crypto.internal.backup;

import dev.enclave.Bytes;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import dev.enclave.crypto.internal.hash.Hkdf;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The two keys of a backup: one that encrypts, and by HKDF from it one that authenticates. All
 * blocks of a file share them, so that a key of twenty versions costs one derivation.
 *
 * <p>The salt of every backup begins with a mark. Since the salt goes into the keys, nobody can
 * take the mark away and pass a backup off as a key that something else encrypted, which needs no
 * authenticator.
 */
public final class BackupKeys implements AutoCloseable {

  /** As much as OpenSSL computes without being told to allow more: 16 MiB, five times over. */
  private static final int COST = 1 << 14;

  private static final int BLOCK_SIZE = 8;
  private static final int PARALLELISM = 5;

  /** OWASP's count for PBKDF2 with HMAC-SHA256. */
  private static final int ITERATIONS = 600_000;

  private static final byte[] MARK = "enclave-backup-1".getBytes(StandardCharsets.US_ASCII);
  private static final int RANDOM_SALT = 16;
  private static final String AUTHENTICATION = "enclave-backup-authenticator-v1";

  private final PasswordDerivation derivation;
  private final byte[] encryption;
  private final byte[] authentication;

  private BackupKeys(PasswordDerivation derivation, byte[] encryption) {
    this.derivation = derivation;
    this.encryption = encryption;
    this.authentication = Hkdf.sha256(encryption, AUTHENTICATION, encryption.length);
  }

  /** New keys for a new file. */
  static BackupKeys generate(
      byte[] password, KeyBackup.Derivation derivation, SecureRandom random) {
    Bytes salt = newSalt(random);
    return derive(
        switch (derivation) {
          case SCRYPT -> new PasswordDerivation.Scrypt(salt, COST, BLOCK_SIZE, PARALLELISM);
          case PBKDF2 -> new PasswordDerivation.Pbkdf2(salt, ITERATIONS);
        },
        password);
  }

  /** The mark and 16 bytes that no other backup has. */
  public static Bytes newSalt(SecureRandom random) {
    byte[] fresh = new byte[RANDOM_SALT];
    random.nextBytes(fresh);
    byte[] salt = Arrays.copyOf(MARK, MARK.length + RANDOM_SALT);
    System.arraycopy(fresh, 0, salt, MARK.length, RANDOM_SALT);
    return Bytes.of(salt);
  }

  /** The keys of a file with this derivation. */
  public static BackupKeys derive(PasswordDerivation derivation, byte[] password) {
    return new BackupKeys(derivation, derivation.derive(password));
  }

  /** Whether a file with this derivation is one of ours. */
  static boolean marks(PasswordDerivation derivation) {
    byte[] salt = derivation.salt().toByteArray();
    return salt.length >= MARK.length && Arrays.equals(Arrays.copyOf(salt, MARK.length), MARK);
  }

  EncryptedBlock encrypt(byte[] plaintext, SecureRandom random) {
    byte[] iv = new byte[EncryptedBlock.IV_LENGTH];
    random.nextBytes(iv);
    return EncryptedBlock.encrypt(derivation, encryption, Bytes.of(iv), plaintext);
  }

  Optional<byte[]> decrypt(EncryptedBlock block) {
    return block.decrypt(encryption);
  }

  /** HMAC-SHA256 over the encoding of {@code key}, whatever authenticator it has. */
  String authenticator(AttributedKey key) {
    byte[] encoded = key.authenticatedBy(Optional.empty()).encode();
    try {
      HMac hmac = new HMac(BouncyCastle.sha256());
      hmac.init(new KeyParameter(authentication));
      hmac.update(encoded, 0, encoded.length);
      byte[] result = new byte[hmac.getMacSize()];
      hmac.doFinal(result, 0);
      return HexFormat.of().formatHex(result);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  @Override
  public void close() {
    Arrays.fill(encryption, (byte) 0);
    Arrays.fill(authentication, (byte) 0);
  }
}
