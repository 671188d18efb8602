package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResealDefenceTest {

  private final TestStore plain;
  private final TestStore old;
  private final TestStore renewed;

  ResealDefenceTest(@TempDir Path temporary) {
    plain = TestStore.local(temporary);
    old = plain.with(SoftwareSettings.PASSPHRASE, "correct horse");
    renewed = plain.with(SoftwareSettings.PASSPHRASE, "battery staple");
  }

  private static void reseal(SoftwareBackend backend) throws BackendFailure {
    try (SecretBytes secret =
        SecretBytes.takeOver("battery staple".getBytes(StandardCharsets.UTF_8))) {
      backend.reseal(Optional.of(secret), TestStore.call());
    }
  }

  private static void sign(SoftwareBackend backend, KeySnapshot key) throws BackendFailure {
    backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
  }

  /**
   * One thread is scheduled away after it read store.json and before it acts on it; meanwhile the
   * reseal makes the new master key current in this process.
   */
  private static final class PausingFiles extends SecureFiles {
    private final AtomicReference<Thread> paused = new AtomicReference<>();
    private final CountDownLatch hasRead = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    PausingFiles() {
      super(new SecureRandom());
    }

    @Override
    public byte[] read(Path file, int limit) throws IOException {
      byte[] content = super.read(file, limit);
      if (file.endsWith("store.json") && paused.compareAndSet(Thread.currentThread(), null)) {
        hasRead.countDown();
        try {
          goOn.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      return content;
    }
  }

  @Test
  void dropsNoKey_whenAWriterReadTheStoreJustBefore() throws Exception {
    KeySnapshot key;
    KeySnapshot other;
    try (SoftwareBackend backend = old.openCheaply()) {
      key = TestStore.create(backend, TestStore.NAME);
      other = TestStore.create(backend, KeyName.of("wallet-2"));
    }
    PausingFiles files = new PausingFiles();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    String before = parameters().current();
    try (SoftwareBackend backend = old.openCheaply(files)) {
      Future<?> writer =
          threads.submit(
              () -> {
                files.paused.set(Thread.currentThread());
                return backend.changeState(
                    TestStore.ref(other, 0), KeyState.DISABLED, TestStore.call());
              });
      assertThat(files.hasRead.await(60, TimeUnit.SECONDS)).isTrue();
      Future<?> resealing =
          threads.submit(
              () -> {
                reseal(backend);
                return true;
              });
      // It now waits for the writer's lock.
      while (parameters().current().equals(before)) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 20 && !resealing.isDone(); i++) {
        TestStore.clock().pause(java.time.Duration.ofMillis(10));
      }
      files.goOn.countDown();
      writer.get(60, TimeUnit.SECONDS);
      resealing.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    assertThat(parameters().masterKeys()).hasSize(1).doesNotContain(before);
    try (SoftwareBackend again = renewed.openCheaply()) {
      sign(again, key);
    }
  }

  /** Says after each read what was read. */
  private static final class WatchedFiles extends SecureFiles {
    private final Consumer<Path> read;

    WatchedFiles(Consumer<Path> read) {
      super(new SecureRandom());
      this.read = read;
    }

    @Override
    public byte[] read(Path file, int limit) throws IOException {
      byte[] content = super.read(file, limit);
      read.accept(file);
      return content;
    }
  }

  @Test
  void letsNoCreationWriteUnderTheMasterKeyThatItDrops() throws Exception {
    KeyName name = KeyName.of("wallet-2");
    old.openCheaply().close();
    CountDownLatch hasWrapped = new CountDownLatch(1);
    CountDownLatch resealed = new CountDownLatch(1);
    AtomicReference<Thread> creator = new AtomicReference<>();
    WatchedFiles files =
        new WatchedFiles(
            file -> {
              if (file.endsWith("store.json")
                  && creator.compareAndSet(Thread.currentThread(), null)) {
                hasWrapped.countDown();
                awaitQuietly(resealed);
              }
            });
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (SoftwareBackend backend = old.openCheaply(files)) {
      Future<KeySnapshot> creation =
          threads.submit(
              () -> {
                creator.set(Thread.currentThread());
                return TestStore.create(backend, name);
              });
      assertThat(hasWrapped.await(60, TimeUnit.SECONDS)).isTrue();
      reseal(backend);
      resealed.countDown();
      sign(backend, creation.get(60, TimeUnit.SECONDS));
      assertThat(RecordFile.of(plain.layout().record(name)).kek())
          .isEqualTo(parameters().current());
    } finally {
      threads.shutdownNow();
    }
    try (SoftwareBackend again = renewed.openCheaply()) {
      sign(again, TestStore.create(again, name));
    }
  }

  @Test
  void clearsWhatACreationLeftThatItCutShort() throws Exception {
    KeyName name = KeyName.of("wallet-2");
    old.openCheaply().close();
    Path half = plain.layout().key(name).resolve("key.sealed.0011.tmp");
    new SecureFiles(new SecureRandom()).createDirectory(plain.layout().key(name));
    Files.write(half, new byte[3]);
    try (SoftwareBackend backend = old.openCheaply()) {
      reseal(backend);
    }
    assertThat(plain.layout().key(name)).isEmptyDirectory();
    try (SoftwareBackend again = renewed.openCheaply()) {
      sign(again, TestStore.create(again, name));
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private StoreParameters parameters() throws Exception {
    Path file = plain.layout().parameters();
    return StoreParameters.parse(Files.readAllBytes(file), file);
  }

  @Test
  void keepsTheOldMasterKeyForAPrivateKeyThatIsDamaged() throws Exception {
    KeySnapshot key;
    try (SoftwareBackend backend = old.openCheaply()) {
      key = TestStore.create(backend, TestStore.NAME);
    }
    Path file = plain.record();
    byte[] copy = Files.readAllBytes(file);
    RecordFile.damage(file, 1);
    try (SoftwareBackend backend = old.openCheaply()) {
      assertThatThrownBy(() -> reseal(backend))
          .isInstanceOf(BackendFailure.class)
          .hasMessageContaining("1 cannot be read (" + TestStore.NAME + ")")
          .hasMessageContaining("old master key is kept")
          .hasMessageContaining(file.toString());
    }
    new SecureFiles(new SecureRandom()).replace(file, copy); // as the message tells one to
    try (SoftwareBackend backend = renewed.openCheaply()) {
      sign(backend, key);
    }
  }

  @Test
  void saysOfAFileFromBeforeTheReseal_thatItIs() throws Exception {
    KeySnapshot key;
    try (SoftwareBackend backend = old.openCheaply()) {
      key = TestStore.create(backend, TestStore.NAME);
    }
    Path file = plain.record();
    byte[] copy = Files.readAllBytes(file);
    try (SoftwareBackend backend = old.openCheaply()) {
      reseal(backend);
    }
    new SecureFiles(new SecureRandom()).replace(file, copy);
    try (SoftwareBackend backend = renewed.openCheaply()) {
      assertThatThrownBy(() -> sign(backend, key))
          .isInstanceOf(BackendFailure.class)
          .hasMessageContaining("from before a reseal")
          .hasMessageContaining("enclave keys restore");
    }
  }
}
