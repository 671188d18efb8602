package dev.enclave.software.internal.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.Message;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TamperingTest {

  private static final KeyName OTHER = KeyName.of("wallet-2");

  private final TestStore store;

  TamperingTest(@TempDir Path temporary) throws BackendFailure {
    store = TestStore.local(temporary).withKey();
  }

  /** An action on a freshly opened backend. */
  private interface Action {
    void on(SoftwareBackend backend) throws BackendFailure;
  }

  private static BackendFailure failure(TestStore store, Action action) throws Exception {
    try (SoftwareBackend backend = store.open()) {
      return catchThrowableOfType(BackendFailure.class, () -> action.on(backend));
    }
  }

  private static void sign(SoftwareBackend backend) throws BackendFailure {
    KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
    backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
  }

  /** The offsets at which a changed bit, or the end of the file, goes unnoticed. */
  private static List<String> unnoticed(Path file, SoftwareBackend backend, Action action)
      throws Exception {
    byte[] original = Files.readAllBytes(file);
    List<String> unnoticed = new ArrayList<>();
    for (int offset = 0; offset < original.length; offset++) {
      byte[] flipped = original.clone();
      flipped[offset] ^= (byte) (1 << (offset % 8));
      Files.write(file, flipped);
      if (!corrupt(backend, action)) {
        unnoticed.add("flip " + offset);
      }
      Files.write(file, Arrays.copyOf(original, offset));
      if (!corrupt(backend, action)) {
        unnoticed.add("cut " + offset);
      }
    }
    Files.write(file, Arrays.copyOf(original, original.length + 1));
    if (!corrupt(backend, action)) {
      unnoticed.add("append");
    }
    Files.write(file, original);
    return unnoticed;
  }

  private static boolean corrupt(SoftwareBackend backend, Action action) {
    TestStore.letCachesAge();
    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> action.on(backend));
    return failure != null && failure.code() == FailureCode.CORRUPT;
  }

  @Test
  void refusesAManifestChangedOrCutAtAnyOffset() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      assertThat(
              unnoticed(store.manifest(), backend, b -> b.load(TestStore.NAME, TestStore.call())))
          .isEmpty();
      TestStore.letCachesAge();
      sign(backend);
    }
  }

  @Test
  void refusesAPrivateKeyChangedOrCutAtAnyOffset() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      assertThat(unnoticed(store.privateKey(), backend, TamperingTest::sign)).isEmpty();
      sign(backend);
    }
  }

  @Test
  void refusesParametersChangedAtAnyOffset() throws Exception {
    Path file = store.layout().parameters();
    byte[] original = Files.readAllBytes(file);
    List<Integer> opened = new ArrayList<>();
    for (int offset = 0; offset < original.length; offset++) {
      byte[] flipped = original.clone();
      flipped[offset] ^= 1;
      Files.write(file, flipped);
      if (catchThrowableOfType(BackendFailure.class, store::open) == null) {
        opened.add(offset);
      }
    }
    assertThat(opened).isEmpty();
  }

  @Test
  void namesTheDamagedFileAndWhatToDo() throws Exception {
    Files.write(store.manifest(), new byte[10]);
    BackendFailure failure = failure(store, b -> b.load(TestStore.NAME, TestStore.call()));
    assertThat(failure)
        .hasMessageContaining(store.manifest().toString())
        .hasMessageContaining("copy of the directory")
        .hasMessageContaining("enclave keys restore");
  }

  @Test
  void stillListsADamagedKey() throws Exception {
    Files.write(store.manifest(), new byte[10]);
    try (SoftwareBackend backend = store.open()) {
      assertThat(backend.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
  }

  @Test
  void leavesOtherKeysUsable_whenOneIsDamaged() throws Exception {
    Files.write(store.manifest(), new byte[10]);
    try (SoftwareBackend backend = store.open()) {
      TestStore.create(backend, OTHER);
      assertThat(backend.load(OTHER, TestStore.call()).active()).isPresent();
    }
  }

  @Test
  void neverCreatesOverADamagedKey() throws Exception {
    Files.write(store.manifest(), new byte[10]);
    BackendFailure failure = failure(store, b -> TestStore.create(b, TestStore.NAME));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void neverCreatesOverAKeyWhoseManifestIsLost() throws Exception {
    Path privateKey = store.privateKey();
    byte[] content = Files.readAllBytes(privateKey);
    Files.delete(store.manifest());
    BackendFailure failure = failure(store, b -> TestStore.create(b, TestStore.NAME));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(failure)
        .hasMessageContaining(store.layout().key(TestStore.NAME).toString())
        .hasMessageContaining("enclave keys restore")
        .hasMessageContaining("remove the folder");
    assertThat(store.privateKeys()).containsExactly(privateKey);
    assertThat(privateKey).hasBinaryContent(content);
  }

  @Test
  void loadsNoKeyWhoseManifestIsLost() throws Exception {
    Files.delete(store.manifest());
    BackendFailure failure = failure(store, b -> b.load(TestStore.NAME, TestStore.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining(store.layout().key(TestStore.NAME).toString());
  }

  @Test
  void usesTheKeyAgain_whenItsManifestIsRestored() throws Exception {
    byte[] manifest = Files.readAllBytes(store.manifest());
    Files.delete(store.manifest());
    assertThat(failure(store, b -> TestStore.create(b, TestStore.NAME))).isNotNull();
    new SecureFiles(new SecureRandom()).replace(store.manifest(), manifest);
    try (SoftwareBackend backend = store.open()) {
      sign(backend);
    }
  }

  @Test
  void findsNoKey_whereAFolderHasNoPrivateKey() throws Exception {
    Files.delete(store.manifest());
    Files.delete(store.privateKey());
    assertThat(failure(store, b -> b.load(TestStore.NAME, TestStore.call())).code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void neverTakesPrivateKeysThatTheMarkerDoesNotNameForACreationCutShort() throws Exception {
    Files.delete(store.manifest());
    new SecureFiles(new SecureRandom())
        .replace(store.layout().creating(TestStore.NAME), "1-00000000.sealed".getBytes(UTF_8));
    assertThat(failure(store, b -> TestStore.create(b, TestStore.NAME)).code())
        .isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void refusesTheManifestOfAnotherKey() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      TestStore.create(backend, OTHER);
    }
    Files.copy(
        store.layout().manifest(OTHER), store.manifest(), StandardCopyOption.REPLACE_EXISTING);
    BackendFailure failure = failure(store, b -> b.load(TestStore.NAME, TestStore.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("wallet-2");
  }

  @Test
  void refusesARenamedKey() throws Exception {
    Files.move(store.layout().key(TestStore.NAME), store.layout().key(OTHER));
    assertThat(failure(store, b -> b.load(OTHER, TestStore.call())).code())
        .isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void refusesThePrivateKeyOfAnotherVersion() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      backend.prepare(TestStore.rotation("1", "rotate"), TestStore.call());
    }
    List<Path> files = store.privateKeys();
    Files.copy(files.get(1), files.get(0), StandardCopyOption.REPLACE_EXISTING);
    assertThat(failure(store, TamperingTest::sign).code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void refusesAManifestInPlaceOfAPrivateKey() throws Exception {
    Files.copy(store.manifest(), store.privateKey(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(failure(store, TamperingTest::sign).code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void reportsAMissingPrivateKeyAsDamage() throws Exception {
    Files.delete(store.privateKey());
    BackendFailure failure = failure(store, TamperingTest::sign);
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining("missing");
  }

  @Test
  void refusesAKeyOfAnotherStore() throws Exception {
    TestStore other = store.at(store.directory().resolveSibling("other")).withKey();
    Files.copy(other.manifest(), store.manifest(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(failure(store, b -> b.load(TestStore.NAME, TestStore.call())).code())
        .isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void reportsTheStampOfALocalKeyMovedToStaging() throws Exception {
    TestStore staging =
        store
            .at(store.directory().resolveSibling("staging"))
            .in(EnvironmentType.STAGING)
            .with(SoftwareSettings.PASSPHRASE, "correct horse")
            .withKey();
    Files.copy(store.manifest(), staging.manifest(), StandardCopyOption.REPLACE_EXISTING);
    BackendFailure failure = failure(staging, b -> b.load(TestStore.NAME, TestStore.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.STAMP_MISMATCH);
    assertThat(failure).hasMessageContaining("LOCAL");
  }
}
