package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class CrashTest {

  private static final int MORE_THAN_A_CREATION_HAS = 50;

  private final TestStore store;

  CrashTest(@TempDir Path temporary) {
    store = TestStore.local(temporary);
  }

  /** A disk on which everything that changes it fails after a while. */
  public static final class FailingFiles extends SecureFiles {

    private int remaining;

    public FailingFiles(int remaining) {
      super(new SecureRandom());
      this.remaining = remaining;
    }

    private void step() throws IOException {
      if (remaining-- <= 0) {
        throw new FileSystemException("disk", null, "No space left on device");
      }
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
      step();
      super.createDirectory(directory);
    }

    @Override
    public void replace(Path target, byte[] content) throws IOException {
      step();
      super.replace(target, content);
    }

    @Override
    public void sync(Path directory) throws IOException {
      step();
      super.sync(directory);
    }

    @Override
    public boolean delete(Path file) throws IOException {
      step();
      return super.delete(file);
    }
  }

  // Opening takes one step on an existing store: the directory is checked.
  private SoftwareBackend failingAfter(int steps) throws BackendFailure {
    return store.open(new FailingFiles(1 + steps));
  }

  private KeySnapshot usableAfterRepetition() throws BackendFailure {
    try (SoftwareBackend healthy = store.open()) {
      KeySnapshot key = TestStore.create(healthy, TestStore.NAME);
      healthy.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
      return key;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void makesTheStoreAtTheNextOpening_whereverTheFirstFailed(int steps) throws Exception {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> {
              try (SoftwareBackend backend = store.open(new FailingFiles(steps))) {
                TestStore.create(backend, TestStore.NAME);
              }
            });
    assertThat(failure).hasMessageContaining(store.directory().toString());
    usableAfterRepetition();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void createsTheKeyAtTheRepetition_whereverTheFirstFailed(int steps) throws Exception {
    store.open().close();
    try (SoftwareBackend backend = failingAfter(steps)) {
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> TestStore.create(backend, TestStore.NAME));
      if (failure != null) {
        assertThat(failure.failureClass()).isIn(FailureClass.TRANSIENT, FailureClass.AMBIGUOUS);
        assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
      }
    }
    assertThat(usableAfterRepetition().versions()).hasSize(1);
    assertThat(store.files()).containsExactly(store.record());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void createsTheKeyAnew_whereverTwoCreationsFailed(int steps) throws Exception {
    store.open().close();
    for (int round = 0; round < 2; round++) {
      try (SoftwareBackend backend = failingAfter(steps)) {
        createIfTheDiskLetsIt(backend);
      }
    }
    assertThat(usableAfterRepetition().versions()).hasSize(1);
    assertThat(store.files()).containsExactly(store.record());
  }

  @Test
  void findsNoKey_whereItsCreationWasCutShort() throws Exception {
    store.open().close();
    // One step later each time, until the record is there.
    int steps = 0;
    for (; !Files.exists(store.record()); steps++) {
      assertThat(steps).isLessThan(MORE_THAN_A_CREATION_HAS);
      try (SoftwareBackend backend = store.open()) {
        BackendFailure failure =
            catchThrowableOfType(
                BackendFailure.class, () -> backend.load(TestStore.NAME, TestStore.call()));
        assertThat(failure.code()).isEqualTo(FailureCode.NOT_FOUND);
        assertThat(backend.list(TestStore.call())).isEmpty();
      }
      try (SoftwareBackend backend = failingAfter(steps)) {
        createIfTheDiskLetsIt(backend);
      }
    }
    assertThat(steps).as("creations, all but the last cut short").isGreaterThan(1);
    assertThat(store.layout().key(TestStore.NAME)).exists();
  }

  @Test
  void findsNoKey_whereOnlyAHalfWrittenFileIs() throws Exception {
    store.open().close();
    Path half = store.layout().key(TestStore.NAME).resolve("key.sealed.0011.tmp");
    new SecureFiles(new SecureRandom()).createDirectory(store.layout().key(TestStore.NAME));
    Files.write(half, new byte[3]);
    try (SoftwareBackend backend = store.open()) {
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class, () -> backend.load(TestStore.NAME, TestStore.call()))
                  .code())
          .isEqualTo(FailureCode.NOT_FOUND);
      assertThat(backend.list(TestStore.call())).isEmpty();
    }
    assertThat(usableAfterRepetition().versions()).hasSize(1);
    assertThat(store.files()).containsExactly(store.record());
  }

  private static void createIfTheDiskLetsIt(SoftwareBackend backend) {
    try {
      TestStore.create(backend, TestStore.NAME);
    } catch (BackendFailure e) {
      assertThat(e.failureClass()).isNotEqualTo(FailureClass.PERMANENT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
  void rotatesAtTheRepetition_whereverTheFirstFailed(int steps) throws Exception {
    store.withKey();
    try (SoftwareBackend backend = failingAfter(steps)) {
      BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> rotate(backend));
      assertThat(failure == null || failure.failureClass() != FailureClass.PERMANENT).isTrue();
    }
    try (SoftwareBackend healthy = store.open()) {
      KeySnapshot rotated = rotate(healthy);
      assertThat(rotated.versions())
          .extracting(version -> version.state())
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      healthy.sign(TestStore.ref(rotated, 1), Message.ofUtf8("hello"), TestStore.call());
    }
  }

  private static KeySnapshot rotate(SoftwareBackend backend) throws BackendFailure {
    backend.prepare(TestStore.rotation("1", "rotate"), TestStore.call());
    return backend.activate(
        TestStore.rotation("1", "rotate"), KeyVersionId.of("2"), TestStore.call());
  }

  @Test
  void clearsHalfWrittenFilesAtTheNextChange() throws Exception {
    store.withKey();
    Path inKey = store.layout().key(TestStore.NAME).resolve("key.sealed.0011.tmp");
    Files.write(inKey, new byte[3]);
    try (SoftwareBackend backend = store.open()) {
      rotate(backend);
    }
    assertThat(inKey).doesNotExist();
  }

  @Test
  void clearsWhatADeadProcessLeft_whenTheKeyIsNextRead() throws Exception {
    store.withKey();
    Path inKey = store.layout().key(TestStore.NAME).resolve("key.sealed.0011.tmp");
    Files.write(inKey, new byte[3]);
    try (SoftwareBackend backend = store.open()) {
      changeCutShort();
      backend.load(TestStore.NAME, TestStore.call());
    }
    assertThat(inKey).doesNotExist();
  }

  @Test
  void clearsWhatADeadProcessLeft_whenAKeyWithTheSameCounterIsUsedBefore() throws Exception {
    KeyName key = KeyName.of("an");
    KeyName sameCounter = KeyName.of("c0");
    try (SoftwareBackend backend = store.open()) {
      TestStore.create(backend, key);
      KeySnapshot other = TestStore.create(backend, sameCounter);
      Path left = store.layout().key(key).resolve("key.sealed.0011.tmp");
      Files.write(left, new byte[3]);
      changeCutShort();
      backend.load(sameCounter, TestStore.call());
      assertThat(left).as("after reading the other").doesNotExist();
      Files.write(left, new byte[3]);
      changeCutShort();
      backend.changeState(TestStore.ref(other, 0), KeyState.DISABLED, TestStore.call());
      assertThat(left).as("after changing the other").doesNotExist();
    }
  }

  @Test
  void keepsTheCounterOdd_whileWhatADeadProcessLeftCannotBeCleared() throws Exception {
    store.withKey();
    Path left = store.layout().key(TestStore.NAME).resolve("key.sealed.0011.tmp");
    Files.write(left, new byte[3]);
    AtomicBoolean broken = new AtomicBoolean(true);
    SecureFiles files =
        new SecureFiles(new SecureRandom()) {
          @Override
          public boolean delete(Path file) throws IOException {
            if (broken.get()) {
              throw new IOException("input/output error");
            }
            return super.delete(file);
          }
        };
    try (SoftwareBackend backend = store.open(files)) {
      changeCutShort();
      backend.load(TestStore.NAME, TestStore.call());
      assertThat(left).exists();
      broken.set(false);
      backend.load(TestStore.NAME, TestStore.call());
    }
    assertThat(left).doesNotExist();
  }

  @Test
  void leavesTheWorkInProgressOfAnother() throws Exception {
    store.withKey();
    Path inProgress = store.layout().key(TestStore.NAME).resolve("key.sealed.0011.tmp");
    Files.write(inProgress, new byte[3]);
    StoreLock other =
        new StoreLock(new SecureFiles(new SecureRandom()), store.layout(), TestStore.clock());
    other.openCounters(TestStore.call().deadline());
    try (SoftwareBackend backend = store.open()) {
      other.holdingKey(
          TestStore.NAME,
          TestStore.call().deadline(),
          () -> backend.load(TestStore.NAME, TestStore.call()));
    }
    assertThat(inProgress).exists();
  }

  /** Leaves the key's counter as a process leaves it that dies while it writes. */
  private void changeCutShort() throws IOException {
    try (FileChannel file =
        FileChannel.open(
            store.layout().changes(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer counters = file.map(FileChannel.MapMode.READ_WRITE, 0, file.size());
      counters.order(ByteOrder.nativeOrder());
      for (int at = 0; at < counters.limit(); at += Long.BYTES) {
        counters.putLong(at, counters.getLong(at) | 1);
      }
    }
  }

  @Test
  void leavesNoHalfWrittenFile_whenAWriteFails() throws Exception {
    store.withKey();
    Files.createDirectory(store.directory().resolve("blocked"));
    Files.createFile(store.directory().resolve("blocked/full"));
    SecureFiles files = new SecureFiles(new SecureRandom());
    assertThatThrownBy(() -> files.replace(store.directory().resolve("blocked"), new byte[3]))
        .isInstanceOf(IOException.class);
    try (Stream<Path> all = Files.list(store.directory())) {
      assertThat(all.map(Path::toString)).noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @Test
  void ignoresFoldersThatAreNoKeys() throws Exception {
    store.withKey();
    Files.createDirectory(store.directory().resolve("key-Not A Key"));
    Files.createDirectory(store.directory().resolve("notes"));
    try (SoftwareBackend backend = store.open()) {
      assertThat(backend.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
  }
}
