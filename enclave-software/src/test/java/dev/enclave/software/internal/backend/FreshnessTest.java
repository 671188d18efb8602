package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.ChangeCounters;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a key in memory is used until somebody changes it, and no longer. */
class FreshnessTest {

  private final TestStore store;
  private final CountingFiles files = new CountingFiles();

  FreshnessTest(@TempDir Path temporary) throws BackendFailure {
    store = TestStore.local(temporary).withKey();
  }

  /** Notes what is read. */
  private static final class CountingFiles extends SecureFiles {

    private final List<String> reads = new ArrayList<>();

    CountingFiles() {
      super(new SecureRandom());
    }

    private void note(Path path) {
      reads.add(String.valueOf(path.getFileName()));
    }

    @Override
    public boolean exists(Path path) {
      note(path);
      return super.exists(path);
    }

    @Override
    public void checkDirectory(Path directory) throws IOException {
      note(directory);
      super.checkDirectory(directory);
    }

    @Override
    public byte[] read(Path file, int limit) throws IOException {
      note(file);
      return super.read(file, limit);
    }

    @Override
    public byte[] readUnshared(Path file, int limit) throws IOException {
      note(file);
      return super.readUnshared(file, limit);
    }

    @Override
    public List<String> names(Path directory) throws IOException {
      note(directory);
      return super.names(directory);
    }

    List<String> during(Step step) throws BackendFailure {
      reads.clear();
      step.run();
      return List.copyOf(reads);
    }
  }

  private interface Step {
    void run() throws BackendFailure;
  }

  private static void sign(SoftwareBackend backend, KeySnapshot key) throws BackendFailure {
    backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
  }

  private static BackendFailure failure(SoftwareBackend backend, KeySnapshot key) {
    return catchThrowableOfType(BackendFailure.class, () -> sign(backend, key));
  }

  @Test
  void touchesNothing_onceTheKeyIsInMemory() throws Exception {
    // However long they take: after two seconds of its clock it would look again.
    try (SoftwareBackend backend = store.alone().open(files)) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      sign(backend, key);
      assertThat(
              files.during(
                  () -> {
                    for (int i = 0; i < 1000; i++) {
                      sign(backend, key);
                    }
                  }))
          .isEmpty();
    }
  }

  @Test
  void readsOneFile_forTheFirstSignature() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      for (int i = 2; i < 20; i++) {
        TestStore.create(backend, dev.enclave.KeyName.of("wallet-" + i));
      }
      try (SoftwareBackend other = store.open(files)) {
        KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
        assertThat(files.during(() -> sign(other, key)))
            .containsExactly("key-wallet-1", "key.sealed");
      }
    }
  }

  @Test
  void opensWithTheSameFewReads_howeverManyKeysThereAre() throws Exception {
    List<String> one = files.during(() -> store.open(files).close());
    try (SoftwareBackend backend = store.open()) {
      for (int i = 2; i < 50; i++) {
        TestStore.create(backend, dev.enclave.KeyName.of("wallet-" + i));
      }
    }
    assertThat(files.during(() -> store.open(files).close()))
        .isEqualTo(one)
        .noneMatch(name -> name.startsWith("key-"))
        .hasSizeLessThan(12);
  }

  @Test
  void seesTheChangeOfAnotherAtOnce() throws Exception {
    try (SoftwareBackend backend = store.open();
        SoftwareBackend other = store.open()) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      for (int i = 0; i < 50; i++) {
        sign(backend, key);
        other.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
        assertThat(failure(backend, key).code()).isEqualTo(FailureCode.INVALID_STATE);
        other.changeState(TestStore.ref(key, 0), KeyState.ACTIVE, TestStore.call());
      }
    }
  }

  @Test
  void readsTheDiskEachTime_whileAChangeIsUnderWay() throws Exception {
    try (SoftwareBackend backend = store.open(files)) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      sign(backend, key);
      StoreLock writer =
          new StoreLock(new SecureFiles(new SecureRandom()), store.layout(), TestStore.clock());
      writer.openCounters(TestStore.call().deadline());
      List<String> meanwhile =
          writer.holdingKey(
              TestStore.NAME,
              TestStore.call().deadline(),
              () ->
                  files.during(
                      () -> {
                        sign(backend, key);
                        sign(backend, key);
                      }));
      assertThat(meanwhile).filteredOn("key.sealed"::equals).hasSize(2);
    }
  }

  @Test
  void noticesAFileDeletedByHand_whenTwoSecondsHavePassed() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      sign(backend, key);
      Files.delete(store.record());
      TestStore.letCachesAge();
      assertThat(failure(backend, key).code()).isEqualTo(FailureCode.NOT_FOUND);
    }
  }

  @Test
  void refusesAnOlderRecordThanItHasSeen() throws Exception {
    byte[] old = Files.readAllBytes(store.record());
    try (SoftwareBackend backend = store.open()) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      sign(backend, key);
      backend.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
      Files.write(store.record(), old);
      TestStore.letCachesAge();
      BackendFailure failure = failure(backend, key);
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure)
          .hasMessageContaining(store.record().toString())
          .hasMessageContaining("revision 1 and this process has seen 2");
    }
  }

  @Test
  void refusesAnotherRecordOfARevisionItHasSeen() throws Exception {
    byte[] first = Files.readAllBytes(store.record());
    byte[] fork;
    KeySnapshot key;
    try (SoftwareBackend backend = store.open()) {
      key = backend.load(TestStore.NAME, TestStore.call());
      backend.changeState(TestStore.ref(key, 0), KeyState.VERIFY_ONLY, TestStore.call());
      fork = Files.readAllBytes(store.record());
    }
    Files.write(store.record(), first);
    try (SoftwareBackend backend = store.open()) {
      backend.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
      Files.write(store.record(), fork);
      TestStore.letCachesAge();
      assertThat(failure(backend, key).code()).isEqualTo(FailureCode.CORRUPT);
    }
  }

  @Test
  void worksWithoutCounters_readingTheDiskEachTime() throws Exception {
    Files.delete(store.layout().changes());
    SecureFiles noMemory =
        new SecureFiles(new SecureRandom()) {
          @Override
          public FileChannel openShared(Path file) throws IOException {
            throw new IOException("no memory to share");
          }
        };
    try (SoftwareBackend backend = store.open(noMemory);
        SoftwareBackend other = store.open(noMemory)) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      sign(backend, key);
      other.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
      assertThat(failure(backend, key).code()).isEqualTo(FailureCode.INVALID_STATE);
    }
  }

  @Test
  void seesTheChangesOfAWriterThatCannotMapTheCountersAtOnce() throws Exception {
    SecureFiles noMemory =
        new SecureFiles(new SecureRandom()) {
          private boolean opened;

          @Override
          public FileChannel openShared(Path file) throws IOException {
            if (!opened) {
              opened = true;
              throw new IOException("no memory to share");
            }
            return super.openShared(file);
          }
        };
    try (SoftwareBackend backend = store.open(files);
        SoftwareBackend other = store.open(noMemory)) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      sign(backend, key);
      assertThat(files.during(() -> sign(backend, key))).isEmpty();
      other.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
      assertThat(failure(backend, key).code()).isEqualTo(FailureCode.INVALID_STATE);
      other.changeState(TestStore.ref(key, 0), KeyState.ACTIVE, TestStore.call());
      sign(backend, key);
      assertThat(files.during(() -> sign(backend, key))).as("the counter is even").isEmpty();
    }
  }

  @Test
  void seesChangesAtOnceAgain_whenTheCountersWereReplacedWhileItRan() throws Exception {
    try (SoftwareBackend running = store.open(files)) {
      KeySnapshot key = running.load(TestStore.NAME, TestStore.call());
      sign(running, key);
      Files.delete(store.layout().changes());
      try (SoftwareBackend other = store.open()) {
        TestStore.letCachesAge(); // What was changed past Enclave is noticed within two seconds.
        sign(running, key);
        assertThat(files.during(() -> sign(running, key))).isEmpty();
        other.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
        assertThat(failure(running, key).code()).isEqualTo(FailureCode.INVALID_STATE);
      }
    }
  }

  @Test
  void countsItsChangesInTheCountersThatAreThere() throws Exception {
    try (SoftwareBackend running = store.open()) {
      KeySnapshot key = running.load(TestStore.NAME, TestStore.call());
      Files.delete(store.layout().changes());
      try (SoftwareBackend other = store.open()) {
        sign(other, key);
        running.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
        assertThat(failure(other, key).code()).isEqualTo(FailureCode.INVALID_STATE);
      }
    }
  }

  @Test
  void goesOnSigning_whenSomebodyCutsTheCountersShort() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      for (int i = 0; i < 3000; i++) {
        sign(backend, key);
      }
      try (FileChannel counters =
          FileChannel.open(store.layout().changes(), StandardOpenOption.WRITE)) {
        counters.truncate(0);
      }
      for (int i = 0; i < 100; i++) {
        sign(backend, key);
      }
      backend.prepare(TestStore.rotation("1", "rotate"), TestStore.call());
      backend.activate(TestStore.rotation("1", "rotate"), KeyVersionId.of("2"), TestStore.call());
      assertThat(failure(backend, key).code()).isEqualTo(FailureCode.INVALID_STATE);
    }
  }

  @Test
  void makesTheCountersWholeAgain_whenTheStoreIsNextOpened() throws Exception {
    Files.write(store.layout().changes(), new byte[5]);
    store.open().close();
    assertThat(store.layout().changes()).hasSize(ChangeCounters.COUNT * 8L);
  }

  private StoreLock failing(StoreLock.Work<Boolean> work) throws BackendFailure {
    StoreLock lock =
        new StoreLock(new SecureFiles(new SecureRandom()), store.layout(), TestStore.clock());
    lock.openCounters(TestStore.call().deadline());
    assertThatThrownBy(() -> lock.holdingKey(TestStore.NAME, TestStore.call().deadline(), work))
        .hasMessage("broken");
    return lock;
  }

  @Test
  void leavesTheCounterOdd_whenNobodyKnowsWhatBecameOfAChange() throws Exception {
    StoreLock ambiguous =
        failing(
            () -> {
              throw BackendFailure.ambiguous(FailureCode.UNAVAILABLE, "broken");
            });
    assertThat(ChangeCounters.isQuiet(ambiguous.changes(TestStore.NAME))).isFalse();
    StoreLock unexpected =
        failing(
            () -> {
              throw new IllegalStateException("broken");
            });
    assertThat(ChangeCounters.isQuiet(unexpected.changes(TestStore.NAME))).isFalse();
  }

  @Test
  void leavesTheCounterEven_whenAChangeFailsAndNothingHappened() throws Exception {
    StoreLock before =
        new StoreLock(new SecureFiles(new SecureRandom()), store.layout(), TestStore.clock());
    before.openCounters(TestStore.call().deadline());
    long changes = before.changes(TestStore.NAME);
    StoreLock lock =
        failing(
            () -> {
              throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "broken");
            });
    assertThat(ChangeCounters.isQuiet(lock.changes(TestStore.NAME))).isTrue();
    assertThat(lock.changes(TestStore.NAME)).isNotEqualTo(changes);
    ByteBuffer counters =
        ByteBuffer.wrap(Files.readAllBytes(store.layout().changes()))
            .order(ByteOrder.nativeOrder());
    assertThat(counters.getLong(0)).as("the store's own").isZero();
  }
}
