package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.enclave.EnvironmentType;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreOpenerTest {

  private final TestStore local;
  private final TestStore sealed;

  StoreOpenerTest(@TempDir Path temporary) {
    local = TestStore.local(temporary);
    sealed = local.with(SoftwareSettings.PASSPHRASE, "correct horse");
  }

  private static BackendFailure refusal(TestStore store) {
    return catchThrowableOfType(
        BackendFailure.class,
        () -> {
          try (SoftwareBackend backend = store.open()) {
            backend.describe();
          }
        });
  }

  @Test
  void keepsKeysOverReopening_withoutPassphraseInLocal() throws Exception {
    local.withKey();
    try (SoftwareBackend again = local.open()) {
      assertThat(again.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
  }

  @Test
  void clearsWhatACrashLeftOfTheStoresOwnFiles_unlessSomebodyWritesOne() throws Exception {
    local.withKey();
    Path left = local.directory().resolve("store.json.0123456789ab.tmp");
    Files.writeString(left, "{");
    StoreLock other =
        new StoreLock(new SecureFiles(new SecureRandom()), local.layout(), local.time());
    other.holdingStore(
        Deadline.in(Duration.ofMinutes(1), local.time()),
        () -> {
          try (SoftwareBackend again = local.open()) {
            assertThat(again.list(TestStore.call())).containsExactly(TestStore.NAME);
          }
          assertThat(left).exists();
          return true;
        });
    try (SoftwareBackend again = local.open()) {
      assertThat(again.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
    assertThat(left).doesNotExist();
  }

  @Test
  void opensBesideWhatItCannotClear() throws Exception {
    local.withKey();
    Path foreign = local.directory().resolve("notes.tmp");
    Files.createDirectories(foreign.resolve("within"));
    try (SoftwareBackend again = local.open()) {
      assertThat(again.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
    assertThat(foreign).exists();
  }

  @Test
  void keepsKeysOverReopening_withPassphrase() throws Exception {
    sealed.withKey();
    try (SoftwareBackend again = sealed.open()) {
      assertThat(again.load(TestStore.NAME, TestStore.call()).active()).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"line\nbreak", "a/long/way"})
  void refusesADirectoryThatNoHandleCouldName(String name) {
    Path odd = local.directory().resolveSibling(name);
    while (name.contains("/") && odd.toString().length() <= 512) {
      odd = odd.resolve("a-hundred-characters-long-".repeat(4));
    }
    BackendFailure failure = refusal(local.at(odd));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("enclave.software.directory");
    assertThat(odd).doesNotExist();
  }

  @Test
  void makesNoKeyFile_withPassphrase() throws Exception {
    sealed.withKey();
    assertThat(sealed.layout().masterKey()).doesNotExist();
  }

  @Test
  void takesTheFirstLineOfThePassphraseFile() throws Exception {
    sealed.withKey();
    Path file = local.directory().resolveSibling("passphrase");
    Files.writeString(file, "correct horse\r\nsecond line\n");
    try (SoftwareBackend again =
        local.with(SoftwareSettings.PASSPHRASE_FILE, file.toString()).open()) {
      assertThat(again.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
  }

  @Test
  void tellsAWrongPassphraseFromDamage() throws Exception {
    sealed.withKey();
    BackendFailure failure = refusal(local.with(SoftwareSettings.PASSPHRASE, "wrong horse"));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("enclave.software.passphrase")
        .hasMessageNotContaining("horse");
  }

  @Test
  void asksForThePassphrase_whenTheStoreHasOne() throws Exception {
    sealed.withKey();
    BackendFailure failure = refusal(local);
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("enclave.software.passphrase-file");
  }

  @Test
  void refusesAPassphrase_whenTheStoreHasNone() throws Exception {
    local.withKey();
    assertThat(refusal(sealed).code()).isEqualTo(FailureCode.MISCONFIGURED);
  }

  @Test
  void refusesBothPassphraseSettings() {
    BackendFailure failure = refusal(sealed.with(SoftwareSettings.PASSPHRASE_FILE, "/nowhere"));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("only one");
  }

  @Test
  void refusesAnEmptyPassphrase() {
    assertThat(refusal(local.with(SoftwareSettings.PASSPHRASE, "")).code())
        .isEqualTo(FailureCode.MISCONFIGURED);
  }

  @Test
  void refusesAMissingPassphraseFile() {
    BackendFailure failure = refusal(local.with(SoftwareSettings.PASSPHRASE_FILE, "/nowhere/at"));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("/nowhere/at");
  }

  @Tag("full")
  @Test
  void refusesAPipeForAPassphrase_whichMayHaveNoEnd(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    BackendFailure failure =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30),
            () -> refusal(local.with(SoftwareSettings.PASSPHRASE_FILE, pipe.toString())));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("no regular file");
  }

  @Test
  void refusesAPathThatIsNone() {
    BackendFailure failure = refusal(local.with(SoftwareSettings.DIRECTORY, "keys\0"));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("enclave.software.directory");
  }

  @ParameterizedTest
  @EnumSource(value = EnvironmentType.class, mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
  void needsAPassphrase_outsideLocal(EnvironmentType environment) {
    BackendFailure failure = refusal(local.in(environment));
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("enclave.software.passphrase-file");
    assertThat(local.directory()).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(value = EnvironmentType.class, mode = EnumSource.Mode.EXCLUDE, names = "LOCAL")
  void refusesALocalKeyFile_outsideLocal(EnvironmentType environment) throws Exception {
    local.withKey();
    assertThat(refusal(local.in(environment)).code()).isEqualTo(FailureCode.REFUSED);
    assertThat(refusal(sealed.in(environment)).code()).isEqualTo(FailureCode.REFUSED);
  }

  @Test
  void refusesALocalStoreWithoutItsKeyFile_outsideLocal() throws Exception {
    local.withKey();
    Files.delete(local.layout().masterKey());
    assertThat(refusal(sealed.in(EnvironmentType.STAGING)).code()).isEqualTo(FailureCode.REFUSED);
  }

  @Test
  void makesNoNewStore_whereKeysAreButNoParameters() throws Exception {
    local.withKey();
    Files.delete(local.layout().parameters());
    BackendFailure failure = refusal(local);
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("store.json");
  }

  @Test
  void makesNoNewMasterKey_whereItIsMissing() throws Exception {
    local.withKey();
    Files.delete(local.layout().masterKey());
    BackendFailure failure = refusal(local);
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("master.key");
    assertThat(local.layout().masterKey()).doesNotExist();
  }

  @Test
  void refusesAnotherMasterKey() throws Exception {
    local.withKey();
    Files.write(local.layout().masterKey(), new byte[32]);
    assertThat(refusal(local).code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void usesTheKeyFileThatACrashLeftWithoutParameters() throws Exception {
    local.withKey();
    byte[] key = Files.readAllBytes(local.layout().masterKey());
    Path other = local.directory().resolveSibling("other");
    TestStore fresh = local.at(other);
    Files.createDirectory(other);
    Files.setPosixFilePermissions(
        other, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    Files.copy(
        local.layout().masterKey(),
        fresh.layout().masterKey(),
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    fresh.withKey();
    assertThat(fresh.layout().masterKey()).hasBinaryContent(key);
  }

  @Test
  void saysThatAllKeysDependOnADamagedMasterKey() throws Exception {
    local.withKey();
    Files.write(local.layout().masterKey(), new byte[31]);
    assertThat(refusal(local))
        .hasMessageContaining("no key can be used")
        .hasMessageNotContaining("other keys");
  }

  @ParameterizedTest
  @CsvSource({"1048576, 64, 1", "65537, 1, 1", "65536, 16, 1", "1073741824, 1048576, 1"})
  void refusesParametersThatWouldExhaustTheMachine(int memoryKib, int passes, int lanes)
      throws Exception {
    sealed.withKey();
    Path file = sealed.layout().parameters();
    StoreParameters p = StoreParameters.parse(Files.readAllBytes(file), file);
    Files.write(
        file,
        new StoreParameters(
                p.storeId(),
                p.protection(),
                p.salt(),
                memoryKib,
                passes,
                lanes,
                p.masterKeys(),
                p.sealed())
            .render());
    // Nothing was derived: a wrong key would be said to be a wrong passphrase.
    assertThat(refusal(sealed))
        .returns(FailureCode.CORRUPT, BackendFailure::code)
        .hasMessageContaining("Argon2id with " + memoryKib + " KiB, " + passes + " passes");
  }

  @Test
  void refusesANewerFormatAndSaysSo() throws Exception {
    local.withKey();
    Path file = local.layout().parameters();
    String newer =
        Files.readString(file, StandardCharsets.UTF_8).replace("\"format\":1", "\"format\":2");
    Files.writeString(file, newer);
    BackendFailure failure = refusal(local);
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure).hasMessageContaining("newer Enclave");
  }
}
