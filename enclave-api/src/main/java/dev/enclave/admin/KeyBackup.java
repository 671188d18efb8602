package dev.enclave.admin;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A key, encrypted under a password: what {@link ManagedKey#backup} makes and {@link
 * Administration#restore} reads, or a key that something else encrypted. Immutable and thread-safe.
 *
 * <p>The text is PEM (RFC 7468 §11): one block {@code ENCRYPTED PRIVATE KEY} (RFC 5958 §3) for each
 * key version, the active one first, so that OpenSSL opens that one. {@code docs/backup.md}
 * describes the content.
 */
public final class KeyBackup {

  /** How the key that encrypts a backup comes from the password. */
  public enum Derivation {
    /** scrypt (RFC 7914), which needs 16 MiB for every guess of a password. */
    SCRYPT,
    /**
     * PBKDF2 with HMAC-SHA256 (RFC 8018 §5.2), 600,000 iterations: cheaper to guess with many
     * processors, and read where scrypt is not known, such as by wallets in browsers.
     */
    PBKDF2
  }

  private final List<Bytes> blocks;
  private final Optional<KeyAlgorithm> algorithm;

  private KeyBackup(List<Bytes> blocks, Optional<KeyAlgorithm> algorithm) {
    this.blocks = List.copyOf(blocks);
    this.algorithm = algorithm;
  }

  /**
   * Reads the text of a backup. Only its outer form is checked; the rest needs the password.
   *
   * @param pem at most 16 MiB; text outside the blocks, such as OpenSSL writes, is passed over
   * @throws UsageException ({@link ErrorCode#INVALID_BACKUP}) when it holds anything else than
   *     blocks of encrypted private keys; the message says what it holds
   */
  public static KeyBackup parse(String pem) {
    return new KeyBackup(BackupPem.read(pem), Optional.empty());
  }

  /**
   * A backup of these blocks.
   *
   * @param blocks DER EncryptedPrivateKeyInfo each, at least one
   * @throws UsageException ({@link ErrorCode#INVALID_BACKUP}) when there is none
   */
  public static KeyBackup of(List<Bytes> blocks) {
    if (blocks.isEmpty()) {
      throw Texts.BACKUP_OF_NONE.as(ErrorCode.INVALID_BACKUP);
    }
    return new KeyBackup(blocks, Optional.empty());
  }

  /**
   * The same, to be restored as a key of this algorithm. Needed for a key that something else
   * encrypted and that several algorithms could use, such as an RSA key.
   */
  public KeyBackup algorithm(KeyAlgorithm wanted) {
    return new KeyBackup(blocks, Optional.of(wanted));
  }

  /** The algorithm the key is to be restored for, if one was given. */
  public Optional<KeyAlgorithm> algorithm() {
    return algorithm;
  }

  /** The blocks: DER EncryptedPrivateKeyInfo (RFC 5958 §3) each, one for each key version. */
  public List<Bytes> blocks() {
    return blocks;
  }

  /** The text, ended by LF, to be kept in a file. */
  public String toPem() {
    return blocks.stream().map(BackupPem::write).collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return blocks.size() == 1
        ? Texts.BACKUP_OF_ONE_SHOWN.with()
        : Texts.BACKUP_SHOWN.with(blocks.size());
  }
}
