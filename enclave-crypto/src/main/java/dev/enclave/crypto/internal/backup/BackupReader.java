package dev.enclave.crypto.internal.backup;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.spi.ExportedKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads backups, and single keys that something else encrypted. */
public final class BackupReader {

  private final List<EncryptedBlock> blocks;
  private final Optional<KeyAlgorithm> wanted;
  private final SecureRandom random;

  public BackupReader(KeyBackup backup, SecureRandom random) {
    this.blocks = parse(backup.blocks());
    this.wanted = backup.algorithm();
    this.random = random;
  }

  private static List<EncryptedBlock> parse(List<Bytes> encoded) {
    List<EncryptedBlock> blocks = new ArrayList<>();
    for (Bytes block : encoded) {
      try {
        blocks.add(EncryptedBlock.parse(block.toByteArray()));
      } catch (DerException e) {
        throw InvalidBackups.malformed(blocks.size() + 1, e);
      }
    }
    return blocks;
  }

  /**
   * The key, which the caller closes.
   *
   * @param password stays the caller's
   * @param name of a key that brings none
   * @param now when a key that does not say when it was made is taken to have been
   */
  public ExportedKey read(byte[] password, KeyName name, Instant now) {
    PasswordDerivation derivation = blocks.get(0).derivation();
    boolean ours = BackupKeys.marks(derivation);
    requireOneOrigin(derivation, ours);
    try (BackupKeys keys = BackupKeys.derive(derivation, password)) {
      if (!ours) {
        return readForeign(keys, name, now);
      }
      return readOurs(keys);
    }
  }

  private void requireOneOrigin(PasswordDerivation derivation, boolean ours) {
    if (!ours && blocks.size() > 1) {
      throw InvalidBackups.invalid(Texts.SEVERAL_FOREIGN_KEYS.with(blocks.size()));
    }
    if (blocks.stream().anyMatch(block -> !block.derivation().equals(derivation))) {
      throw InvalidBackups.changed(Texts.BLOCKS_OF_DIFFERENT_BACKUPS.with());
    }
  }

  private ExportedKey readForeign(BackupKeys keys, KeyName name, Instant now) {
    byte[] plaintext = keys.decrypt(blocks.get(0)).orElseThrow(InvalidBackups::wrongPassword);
    try {
      return new ForeignKey(plaintext, random).as(wanted, name, now);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  private ExportedKey readOurs(BackupKeys keys) {
    List<AttributedKey> opened = new ArrayList<>();
    try {
      for (EncryptedBlock block : blocks) {
        opened.add(open(keys, block, opened.size() + 1));
      }
      return new BackupContent(opened, random).toKey(wanted);
    } finally {
      opened.forEach(AttributedKey::destroy);
    }
  }

  private static AttributedKey open(BackupKeys keys, EncryptedBlock block, int number) {
    byte[] plaintext =
        keys.decrypt(block)
            .orElseThrow(
                () ->
                    number == 1
                        ? InvalidBackups.wrongPassword()
                        : InvalidBackups.changed(Texts.BLOCK_DOES_NOT_OPEN.with(number)));
    AttributedKey key;
    try {
      key = AttributedKey.parse(plaintext);
    } catch (DerException e) {
      // Under a wrong password the padding is right by chance once in 256 times.
      throw number == 1
          ? InvalidBackups.wrongPassword()
          : InvalidBackups.changed(Texts.BLOCK_CHANGED.with(number));
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
    String found = key.attribute(BackupAttribute.AUTHENTICATOR).orElse("");
    if (!MessageDigest.isEqual(ascii(found), ascii(keys.authenticator(key)))) {
      key.destroy();
      throw InvalidBackups.changed(Texts.AUTHENTICATOR_WRONG.with(number));
    }
    return key;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
