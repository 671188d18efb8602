package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Enclave;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.cli.OpenSsl;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.processes.Ended;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** What is true of a key that was migrated, as OpenSSL and a reader of the record see it. */
final class Migrated {

  static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path folder;

  Migrated(Path folder) {
    this.folder = folder;
  }

  /** In the layout that OpenSSL reads. */
  static SignatureValue sign(SigningKey key) {
    boolean der = key.algorithm().family() == SigningAlgorithm.Family.ECDSA;
    SignOptions options = SignOptions.defaults();
    return key.sign(MESSAGE, der ? options.encoding(SignatureEncoding.DER) : options);
  }

  /**
   * Asserts it of a key that has signed {@code before}, in the process that ran the migration or in
   * another one.
   */
  void require(Enclave enclave, MigrationRecord record, SignatureValue before) throws IOException {
    MigrationRecord read = MigrationRecord.parse(record + "\n");
    assertThat(read).isEqualTo(record);
    read.requireValid(Optional.empty(), Set.of());
    SigningKey old = enclave.signingKeys().key(record.proposal().plan().key());
    SigningKey next = enclave.signingKeys().key(record.to());
    assertThat(next.handle().backend()).isEqualTo(record.proposal().plan().target());
    assertThat(old.info().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY);
    assertThat(next.info().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.ACTIVE);
    assertThat(old.verify(MESSAGE, before)).isTrue();
    acceptedByOpenSsl(record.proposal().plan().publicKey(), MESSAGE, before.bytes().toByteArray());
    SignatureValue after = sign(next);
    acceptedByOpenSsl(record.toPublicKey(), MESSAGE, after.bytes().toByteArray());
    statement(record.proposal().plan().publicKey(), record, record.byOld());
    statement(record.toPublicKey(), record, record.byNew());
  }

  private void statement(
      PublicKeyInfo key, MigrationRecord record, MigrationRecord.Statement statement)
      throws IOException {
    if (statement.encoding() == SignatureEncoding.DER
        || key.algorithm().family() != SigningAlgorithm.Family.ECDSA) {
      acceptedByOpenSsl(key, record.message(), statement.signature().toByteArray());
    }
  }

  private void acceptedByOpenSsl(PublicKeyInfo key, Message message, byte[] signature)
      throws IOException {
    // OpenSSL before 3.2 has no Keccak-256.
    boolean hashed = key.algorithm().digest().equals(Optional.of(DigestAlgorithm.KECCAK_256));
    byte[] text = message.toByteArray();
    Path file =
        Files.write(
            folder.resolve("message"),
            hashed
                ? Digest.of(DigestAlgorithm.KECCAK_256, new ByteArrayInputStream(text))
                    .value()
                    .toByteArray()
                : text);
    Ended run =
        OpenSsl.verify(
            key.algorithm(),
            Files.writeString(folder.resolve("key.pem"), key.toPem()),
            file,
            Files.write(folder.resolve("signature"), signature),
            hashed);
    assertThat(run.code()).as(run.output()).isZero();
  }
}
