package dev.enclave.auditlog.checkpoint;

import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.auditlog.file.LaneFile;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.records.MalformedNoteException;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A log's name and its own Ed25519 key, which signs every checkpoint. The name is {@code
 * enclave-audit/} and 32 random hexadecimal digits.
 */
public final class LogIdentity implements AutoCloseable {

  /** The verifier keys, for everybody. */
  public static final String PUBLIC = "checkpoint.pub";

  /** The private key, DER PKCS#8. */
  public static final String PRIVATE = "checkpoint.key";

  private static final int LONGEST = 1 << 10;
  private static final int ID_BYTES = 16;

  private final VerifierKey verifier;
  private final LocalKey key;

  private LogIdentity(VerifierKey verifier, LocalKey key) {
    this.verifier = verifier;
    this.key = key;
  }

  /** Opens what there is, or makes it; to be called under the log's lock. */
  public static LogIdentity openOrMake(LogFiles files, SecureRandom random) throws IOException {
    Optional<VerifierKeys> recorded = recorded(files);
    if (recorded.isEmpty()) {
      return make(files, random);
    }
    if (!used(files)) {
      // Whoever wrote it may have been stopped before it was on the disk for good, and no
      // checkpoint may be there before it is.
      try (LaneFile file = files.open(PUBLIC)) {
        file.force();
      }
      files.force();
    }
    return open(files, recorded.get().own(), random);
  }

  /** The verifier keys, if the log has its own; to be called under the log's lock. */
  public static Optional<VerifierKeys> recorded(LogFiles files) throws IOException {
    boolean used = used(files);
    if (!files.names().contains(PUBLIC)) {
      if (used) {
        throw new CorruptLogException(Texts.IDENTITY_MISSING.with(PUBLIC));
      }
      return Optional.empty();
    }
    try {
      return Optional.of(verifier(files));
    } catch (CorruptLogException e) {
      if (used) {
        throw e;
      }
      // A crash may have ended the making of it; nobody has used it then.
      return Optional.empty();
    }
  }

  private static boolean used(LogFiles files) throws IOException {
    return files.names().contains(CheckpointFile.NAME)
        && content(files.openToRead(CheckpointFile.NAME)).length > 0;
  }

  /**
   * Adds the countersigner's key to the public ones; under the log's lock, and once a checkpoint
   * names it. The line of the log's own key is never written again.
   */
  static void publish(LogFiles files, VerifierKey countersigner) throws IOException {
    long own = verifier(files).own().text().length();
    byte[] line = ("\n" + countersigner.text() + "\n").getBytes(StandardCharsets.UTF_8);
    try (LaneFile file = files.open(PUBLIC)) {
      file.truncate(own);
      file.write(own, line, line.length);
      file.force();
    }
  }

  private static String name(SecureRandom random) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return "enclave-audit/" + HexFormat.of().formatHex(id);
  }

  private static LogIdentity open(LogFiles files, VerifierKey verifier, SecureRandom random)
      throws IOException {
    if (!files.names().contains(PRIVATE)) {
      throw new CorruptLogException(Texts.PRIVATE_MISSING.with(PRIVATE));
    }
    try (SecretBytes material = SecretBytes.takeOver(content(files.openSecret(PRIVATE)))) {
      LocalKey key = LocalKey.decode(SigningAlgorithm.ED25519, material, random);
      if (key.publicKey().filter(verifier.key()::equals).isEmpty()) {
        key.close();
        throw new CorruptLogException(Texts.DO_NOT_BELONG_TOGETHER.with(PRIVATE, PUBLIC));
      }
      return new LogIdentity(verifier, key);
    } catch (UsageException e) {
      throw new CorruptLogException(Texts.NO_ED.with(PRIVATE));
    }
  }

  /** The verifier keys a log has published. */
  public static VerifierKeys verifier(LogFiles files) throws IOException {
    String text = new String(content(files.openToRead(PUBLIC)), StandardCharsets.UTF_8);
    // A crash may have cut the second line, which is written again at the next opening.
    int own = text.indexOf('\n') + 1;
    try {
      return VerifierKeys.parse(own > 0 && !text.endsWith("\n") ? text.substring(0, own) : text);
    } catch (MalformedNoteException e) {
      throw new CorruptLogException(PUBLIC + ": " + e.getMessage());
    }
  }

  private static LogIdentity make(LogFiles files, SecureRandom random) throws IOException {
    LocalKey key = LocalKey.generate(SigningAlgorithm.ED25519, random);
    VerifierKey verifier = new VerifierKey(name(random), key.publicKey().orElseThrow());
    try (SecretBytes material = key.encode()) {
      byte[] secret = material.exposeSecret();
      try {
        files.replace(PRIVATE, secret);
      } finally {
        Arrays.fill(secret, (byte) 0);
      }
    }
    // The public half last: where it is, the private one is too.
    files.replace(PUBLIC, (verifier.text() + "\n").getBytes(StandardCharsets.UTF_8));
    return new LogIdentity(verifier, key);
  }

  private static byte[] content(LaneFile opened) throws IOException {
    try (opened) {
      return opened.tail((int) Math.min(LONGEST, opened.size()));
    }
  }

  /** The public half. */
  VerifierKey key() {
    return verifier;
  }

  byte[] sign(byte[] text) {
    return key.sign(Message.of(text)).toByteArray();
  }

  @Override
  public void close() {
    key.close();
  }
}
