package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.ManagedKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.SteppedTasks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An old file of a key, put back while no process runs, is told by the audit log. */
class PutBackTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("wallet-1").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  private static final Message MESSAGE = Message.ofUtf8("hello");
  private static final char[] PASSWORD = "a password for tests".toCharArray();

  private final Path directory;
  private final Path keys;
  private SteppedTasks tasks = new SteppedTasks();

  PutBackTest(@TempDir Path directory) {
    this.directory = directory;
    this.keys = directory.resolve("keys");
  }

  private Enclave open() {
    tasks = new SteppedTasks();
    return EnclaveFactory.builder()
        .with(FakeEnvironment.empty())
        .scheduler(tasks)
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "local",
                    "enclave.audit.directory",
                    directory.resolve("audit").toString(),
                    "enclave.software.directory",
                    keys.toString())))
        .open();
  }

  /** As many steps as read the log of these tests, whose lanes have one file each. */
  private void readTheLog() {
    tasks.runNext(passed -> {});
  }

  private static void destroy(Enclave enclave, SigningKey key, KeyVersionId version) {
    ManagedKey managed = enclave.admin().key(key.handle());
    managed.disable(version);
    managed.destroy(version);
  }

  /** The sealed files of the key. */
  private Path folder() {
    try (Stream<Path> files = Files.walk(keys)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).equals("key.sealed"))
          .map(file -> file.toAbsolutePath().getParent())
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, content);
  }

  private static List<Finding> findings(Enclave enclave) {
    return enclave.health().findings().stream()
        .filter(finding -> finding.code() == ErrorCode.KEY_DATA_CORRUPT)
        .toList();
  }

  @Test
  void aDestroyedVersionThatIsPutBack_signsNoMore_onceTheLogIsRead() throws IOException {
    KeyVersionId version;
    Path file;
    byte[] old;
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      version = key.sign(MESSAGE).version();
      file = folder().resolve("key.sealed");
      old = Files.readAllBytes(file);
      destroy(enclave, key, version);
    }
    replace(file, old);

    try (Enclave enclave = open()) {
      SigningKey key = enclave.signingKeys().key("wallet-1");
      assertThat(key.sign(MESSAGE)).as("before the log is read, it cannot be told").isNotNull();
      readTheLog();
      EnclaveException refused =
          catchThrowableOfType(EnclaveException.class, () -> key.sign(MESSAGE));
      assertThat(refused).as("signing with a version that was destroyed").isNotNull();
      assertThat(refused.code()).isEqualTo(ErrorCode.KEY_DATA_CORRUPT);
      assertThat(refused)
          .hasMessageContaining("Version " + version + " of key wallet-1")
          .hasMessageContaining("was destroyed at");
      assertThat(findings(enclave))
          .singleElement()
          .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.ERROR))
          .satisfies(
              finding ->
                  assertThat(finding.observed())
                      .contains("ersion " + version + " of key wallet-1", "destroyed at"))
          .satisfies(
              finding -> assertThat(finding.fix()).contains("enclave keys destroy wallet-1"));

      destroy(enclave, key, version);
      assertThat(findings(enclave)).as("once it is destroyed again").isEmpty();
    }
  }

  @Test
  void aKeyMadeAnewUnderTheName_signs() throws IOException {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      destroy(enclave, key, key.activeVersion().id());
    }
    Files.delete(folder().resolve("key.sealed"));

    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      readTheLog();
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(findings(enclave)).isEmpty();
    }
  }

  @Test
  void aKeyRestoredFromABackupSince_signs() throws IOException {
    KeyBackup backup = makeBackupAndDestroy();
    Files.delete(folder().resolve("key.sealed"));

    try (Enclave enclave = open()) {
      enclave.admin().restore("wallet-1", backup, PASSWORD.clone());
      SigningKey key = enclave.signingKeys().key("wallet-1");
      readTheLog();
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(findings(enclave)).isEmpty();
    }
    try (Enclave enclave = open()) {
      SigningKey key = enclave.signingKeys().key("wallet-1");
      readTheLog();
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(findings(enclave)).isEmpty();
    }
  }

  @Test
  void aKeyRestoredAfterTheLogWasRead_signs() throws IOException {
    KeyBackup backup = makeBackupAndDestroy();
    Files.delete(folder().resolve("key.sealed"));

    try (Enclave enclave = open()) {
      readTheLog();
      enclave.admin().restore("wallet-1", backup, PASSWORD.clone());
      SigningKey key = enclave.signingKeys().key("wallet-1");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(findings(enclave)).isEmpty();
    }
  }

  private KeyBackup makeBackupAndDestroy() {
    try (Enclave enclave = open()) {
      SigningKey key = enclave.createKey(SPEC);
      KeyBackup backup = enclave.admin().key(key.handle()).backup(PASSWORD.clone());
      destroy(enclave, key, key.activeVersion().id());
      return backup;
    }
  }

  @Test
  void aLogThatCannotBeRead_isTold_andKeepsNobodyFromSigning() throws IOException {
    try (Enclave enclave = open()) {
      enclave.createKey(SPEC);
    }
    Path lane = directory.resolve("audit").resolve("lane-7.jsonl");
    Files.writeString(lane, "\"DESTROYED\"\n");
    Files.setPosixFilePermissions(lane, PosixFilePermissions.fromString("rw-------"));

    try (Enclave enclave = open()) {
      readTheLog();
      readTheLog();
      assertThat(enclave.signingKeys().key("wallet-1").sign(MESSAGE)).isNotNull();
      assertThat(enclave.health().findings())
          .filteredOn(finding -> finding.observed().contains("which versions were destroyed"))
          .singleElement()
          .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.WARNING));
    }
  }
}
