package dev.enclave.software.internal.backend;

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
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
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
  void refusesARecordChangedOrCutAtAnyOffset() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      assertThat(unnoticed(store.record(), backend, TamperingTest::export))
          .as("all but the revision, which only tells one write from another")
          .isEqualTo(IntStream.range(0, 16).mapToObj(offset -> "flip " + offset).toList());
      TestStore.letCachesAge();
      sign(backend);
    }
  }

  private static void export(SoftwareBackend backend) throws BackendFailure {
    backend.export(TestStore.NAME, TestStore.call()).close();
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
    Files.write(store.record(), new byte[10]);
    BackendFailure failure = failure(store, b -> b.load(TestStore.NAME, TestStore.call()));
    assertThat(failure)
        .hasMessageContaining(store.record().toString())
        .hasMessageContaining("from a copy")
        .hasMessageContaining("enclave keys restore");
  }

  @Test
  void stillListsADamagedKey() throws Exception {
    Files.write(store.record(), new byte[10]);
    try (SoftwareBackend backend = store.open()) {
      assertThat(backend.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
  }

  @Test
  void leavesOtherKeysUsable_whenOneIsDamaged() throws Exception {
    Files.write(store.record(), new byte[10]);
    try (SoftwareBackend backend = store.open()) {
      TestStore.create(backend, OTHER);
      assertThat(backend.load(OTHER, TestStore.call()).active()).isPresent();
    }
  }

  @Test
  void neverCreatesOverADamagedKey() throws Exception {
    Files.write(store.record(), new byte[10]);
    BackendFailure failure = failure(store, b -> TestStore.create(b, TestStore.NAME));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
  }

  /** Leaves the key's folder with something sealed, but without the record. */
  private Path loseTheRecord() throws Exception {
    Path other = store.layout().key(TestStore.NAME).resolve("manifest.sealed");
    Files.move(store.record(), other);
    return other;
  }

  @Test
  void neverCreatesOverAKeyWhoseRecordIsLost() throws Exception {
    Path other = loseTheRecord();
    byte[] content = Files.readAllBytes(other);
    BackendFailure failure = failure(store, b -> TestStore.create(b, TestStore.NAME));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(failure)
        .hasMessageContaining(store.layout().key(TestStore.NAME).toString())
        .hasMessageContaining("enclave keys restore")
        .hasMessageContaining("remove the folder");
    assertThat(store.files()).containsExactly(other);
    assertThat(other).hasBinaryContent(content);
  }

  @Test
  void loadsNoKeyWhoseRecordIsLost_andListsIt() throws Exception {
    loseTheRecord();
    BackendFailure failure = failure(store, b -> b.load(TestStore.NAME, TestStore.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    assertThat(failure).hasMessageContaining(store.layout().key(TestStore.NAME).toString());
    try (SoftwareBackend backend = store.open()) {
      assertThat(backend.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
  }

  @Test
  void usesTheKeyAgain_whenItsRecordIsRestored() throws Exception {
    byte[] record = Files.readAllBytes(store.record());
    loseTheRecord();
    assertThat(failure(store, b -> TestStore.create(b, TestStore.NAME))).isNotNull();
    new SecureFiles(new SecureRandom()).replace(store.record(), record);
    try (SoftwareBackend backend = store.open()) {
      sign(backend);
    }
  }

  @Test
  void findsNoKey_whereAFolderIsEmpty() throws Exception {
    Files.delete(store.record());
    assertThat(failure(store, b -> b.load(TestStore.NAME, TestStore.call())).code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void refusesTheRecordOfAnotherKey() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      TestStore.create(backend, OTHER);
    }
    Files.copy(store.layout().record(OTHER), store.record(), StandardCopyOption.REPLACE_EXISTING);
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

  /** Writes the record with its sections in another order or number. */
  private void rearrange(int... sections) throws Exception {
    RecordFile record = RecordFile.of(store.record());
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(record.content(), 0, record.sections().get(0) - 2);
    changed.write(0);
    changed.write(sections.length);
    for (int section : sections) {
      changed.writeBytes(record.section(section));
    }
    Files.write(store.record(), changed.toByteArray());
  }

  @Test
  void refusesPrivateKeysThatChangedPlaces() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      backend.prepare(TestStore.rotation("1", "rotate"), TestStore.call());
    }
    rearrange(0, 2, 1);
    assertThat(failure(store, TamperingTest::sign).code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void refusesAManifestInPlaceOfAPrivateKey() throws Exception {
    rearrange(0, 0);
    assertThat(failure(store, TamperingTest::sign).code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void reportsAMissingPrivateKeyAsDamage() throws Exception {
    rearrange(0);
    assertThat(failure(store, TamperingTest::sign).code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void refusesAKeyOfAnotherStore() throws Exception {
    TestStore other = store.at(store.directory().resolveSibling("other")).withKey();
    Files.copy(other.record(), store.record(), StandardCopyOption.REPLACE_EXISTING);
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
    Files.copy(store.record(), staging.record(), StandardCopyOption.REPLACE_EXISTING);
    BackendFailure failure = failure(staging, b -> b.load(TestStore.NAME, TestStore.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.STAMP_MISMATCH);
    assertThat(failure).hasMessageContaining("LOCAL");
  }
}
