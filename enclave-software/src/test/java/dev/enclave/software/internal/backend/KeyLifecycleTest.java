package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyLifecycleTest {

  private final TestStore store;
  private final SoftwareBackend backend;
  private final KeySnapshot key;

  KeyLifecycleTest(@TempDir Path temporary) throws BackendFailure {
    store = TestStore.local(temporary).withKey();
    backend = store.open();
    key = backend.load(TestStore.NAME, TestStore.call());
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private static FailureCode code(ThrowingCallable action) {
    return catchThrowableOfType(BackendFailure.class, action).code();
  }

  private void sign(SoftwareBackend signer) throws BackendFailure {
    signer.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
  }

  private void destroy(SoftwareBackend changer) throws BackendFailure {
    changer.changeState(TestStore.ref(key, 0), KeyState.DESTROYED, TestStore.call());
  }

  private KeySnapshot rotate(String from, String operationId) throws BackendFailure {
    KeyVersionId next =
        backend.prepare(TestStore.rotation(from, operationId), TestStore.call()).id();
    return backend.activate(TestStore.rotation(from, operationId), next, TestStore.call());
  }

  @Test
  void takesThePrivateKeyOutOfTheFile_whenDestroyed() throws Exception {
    byte[] half = RecordFile.of(store.record()).section(1);
    destroy(backend);
    RecordFile destroyed = RecordFile.of(store.record());
    assertThat(destroyed.privateKeys()).isZero();
    assertThat(HexFormat.of().formatHex(destroyed.content()))
        .doesNotContain(HexFormat.of().formatHex(half, half.length - 32, half.length));
    assertThat(store.files()).containsExactly(store.record());
  }

  @Test
  void keepsThePublicKey_whenDestroyed() throws Exception {
    destroy(backend);
    KeyVersion destroyed = backend.load(TestStore.NAME, TestStore.call()).versions().get(0);
    assertThat(destroyed.publicKey()).isEqualTo(key.versions().get(0).publicKey()).isPresent();
  }

  @Test
  void destroysAVersionWhosePrivateKeyIsDamaged() throws Exception {
    RecordFile.damage(store.record(), 1);
    TestStore.letCachesAge();
    destroy(backend);
    assertThat(backend.load(TestStore.NAME, TestStore.call()).versions().get(0).state())
        .isEqualTo(KeyState.DESTROYED);
  }

  @Test
  void stopsSigning_whenAnotherBackendDisabledTheVersion() throws Exception {
    sign(backend);
    try (SoftwareBackend other = store.open()) {
      other.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
    }
    assertThat(code(() -> sign(backend))).isEqualTo(FailureCode.INVALID_STATE);
  }

  @Test
  void stopsSigning_whenAnotherBackendDestroyedTheVersion() throws Exception {
    sign(backend);
    try (SoftwareBackend other = store.open()) {
      destroy(other);
    }
    assertThat(code(() -> sign(backend))).isEqualTo(FailureCode.INVALID_STATE);
  }

  @Test
  void signsWithTheNewKey_whenAFolderWasRemovedAndTheKeyMadeAnew() throws Exception {
    sign(backend);
    Files.delete(store.record());
    TestStore.letCachesAge();
    KeySnapshot anew = backend.create(TestStore.request(TestStore.NAME, "again"), TestStore.call());
    backend.sign(TestStore.ref(anew, 0), Message.ofUtf8("hello"), TestStore.call());
    assertThat(anew.versions().get(0).publicKey()).isNotEqualTo(key.versions().get(0).publicKey());
  }

  @Test
  void signsAgain_whenADisabledVersionIsMadeActive() throws Exception {
    backend.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
    backend.changeState(TestStore.ref(key, 0), KeyState.ACTIVE, TestStore.call());
    sign(backend);
  }

  @Test
  void putsNoVersionBackToPending() {
    assertThat(
            code(
                () ->
                    backend.changeState(TestStore.ref(key, 0), KeyState.PENDING, TestStore.call())))
        .isEqualTo(FailureCode.REJECTED);
  }

  @Test
  void refusesARotationThatDestroysTheOldVersion() {
    assertThat(
            code(
                () ->
                    backend.prepare(
                        new dev.enclave.spi.backend.KeyRotator.RotateRequest(
                            TestStore.NAME, KeyVersionId.of("1"), "r", KeyState.DESTROYED),
                        TestStore.call())))
        .isEqualTo(FailureCode.REJECTED);
  }

  @Test
  void numbersVersionsInOrder() throws Exception {
    rotate("1", "first");
    KeySnapshot rotated = rotate("2", "second");
    assertThat(rotated.versions())
        .extracting(version -> version.id().value())
        .containsExactly("1", "2", "3");
  }

  @Test
  void givesFileUris() {
    assertThat(key.providerUri()).startsWith("file:///").endsWith("/key-wallet-1");
    assertThat(key.versions().get(0).providerUri()).startsWith(key.providerUri() + "/1-");
  }

  @Test
  void wrapsNothingButDataKeys() throws Exception {
    KeySnapshot kek =
        backend.create(
            TestStore.request(KeyName.of("kek"), "make", WrappingAlgorithm.AES_256_GCM),
            TestStore.call());
    try (SecretBytes odd = SecretBytes.takeOver(new byte[16])) {
      assertThat(code(() -> backend.wrap(TestStore.ref(kek, 0), odd, TestStore.call())))
          .isEqualTo(FailureCode.UNSUPPORTED);
    }
  }

  @Test
  void rejectsAClosedDataKey() throws Exception {
    KeySnapshot kek =
        backend.create(
            TestStore.request(KeyName.of("kek"), "make", WrappingAlgorithm.AES_256_GCM),
            TestStore.call());
    SecretBytes closed = SecretBytes.takeOver(new byte[32]);
    closed.close();
    assertThat(code(() -> backend.wrap(TestStore.ref(kek, 0), closed, TestStore.call())))
        .isEqualTo(FailureCode.REJECTED);
  }

  @Test
  void warns_withoutAPassphrase(@TempDir Path other) throws Exception {
    try (SoftwareBackend local = TestStore.local(other).open()) {
      assertThat(local.health(TestStore.call()).findings())
          .singleElement()
          .satisfies(f -> assertThat(f.severity()).isEqualTo(HealthReport.Severity.WARNING))
          .satisfies(f -> assertThat(f.fix()).contains("enclave.software.passphrase-file"));
    }
  }

  @Test
  void isUnhealthy_whenTheDirectoryIsOpenToOthers() throws Exception {
    Files.setPosixFilePermissions(
        store.directory(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(backend.health(TestStore.call()).healthy()).isFalse();
  }

  @Test
  void goesOnWorking_afterAThreadWasInterrupted() throws Exception {
    rotate("1", "before");
    Thread.currentThread().interrupt();
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> rotate("2", "interrupted"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(rotate("2", "after").active().orElseThrow().id().value()).isEqualTo("3");
  }
}
