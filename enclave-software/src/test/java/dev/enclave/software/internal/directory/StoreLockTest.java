package dev.enclave.software.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.software.internal.disk.ChangeCounters;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {

  // These two share a lock.
  private static final KeyName NAME = KeyName.of("an");
  private static final KeyName SAME_LOCK = KeyName.of("c0");

  private final MutableClock clock = new MutableClock();
  private final Path directory;
  private final SecureFiles files;
  private final StoreLock lock;
  private final StoreLock other;

  StoreLockTest(@TempDir Path directory) {
    this.directory = directory;
    files = new SecureFiles(new SecureRandom());
    lock = new StoreLock(files, new StoreLayout(directory), clock);
    other = new StoreLock(files, new StoreLayout(directory), clock);
  }

  private Deadline soon() {
    return Deadline.in(Duration.ofSeconds(1), clock);
  }

  private BackendFailure failureWhileHeld(StoreLock holder, KeyName held, KeyName wanted)
      throws BackendFailure {
    return holder.holdingKey(
        held,
        soon(),
        () ->
            catchThrowableOfType(
                BackendFailure.class, () -> lock.holdingKey(wanted, soon(), () -> "done")));
  }

  @Test
  void failsAtTheDeadline_whenAnotherHoldsTheKey() throws Exception {
    BackendFailure failure = failureWhileHeld(other, NAME, NAME);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure.code()).isEqualTo(FailureCode.LOCAL_LOAD);
  }

  @Test
  void waitsForAKeyThatSharesItsLock() throws Exception {
    assertThat(failureWhileHeld(lock, SAME_LOCK, NAME).code()).isEqualTo(FailureCode.LOCAL_LOAD);
  }

  @Test
  void doesNotWaitForOtherKeys() throws Exception {
    assertThat(failureWhileHeld(other, KeyName.of("elsewhere"), NAME)).isNull();
  }

  @Test
  void isFreeAgain_whenTheWorkFailed() throws Exception {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () ->
                other.holdingKey(
                    NAME,
                    soon(),
                    () -> {
                      throw BackendFailure.permanent(FailureCode.REJECTED, "no");
                    }));
    assertThat(failure.code()).isEqualTo(FailureCode.REJECTED);
    assertThat(lock.<String>tryHoldingKey(NAME, () -> "done")).contains("done");
  }

  @Test
  void doesNotWork_whenTriedWhileHeld() throws Exception {
    assertThat(
            other.<Boolean>holdingKey(
                NAME, soon(), () -> lock.tryHoldingKey(NAME, () -> "done").isPresent()))
        .isFalse();
  }

  @Test
  void givesUpAtOnce_whenTheThreadIsInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    BackendFailure failure = failureOfInterrupted();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("interrupted");
  }

  private BackendFailure failureOfInterrupted() {
    return catchThrowableOfType(
        BackendFailure.class, () -> other.holdingKey(NAME, soon(), () -> "done"));
  }

  @Tag("full")
  @Test
  void keepsItsLocksAgainstOtherProcesses_whenAnotherStoreOfThisProcessFindsThemTaken()
      throws Exception {
    String meanwhile =
        lock.holdingKey(
            NAME,
            soon(),
            () -> {
              assertThat(other.tryHoldingKey(NAME, () -> "done")).isEmpty();
              return LockingProcess.tries(directory, NAME);
            });
    assertThat(meanwhile).isEqualTo("held");
    assertThat(LockingProcess.tries(directory, NAME)).isEqualTo("locked");
  }

  @Test
  void waitsForHoldersOfAnyKey() throws Exception {
    BackendFailure failure =
        other.holdingKey(
            NAME,
            soon(),
            () -> catchThrowableOfType(BackendFailure.class, () -> lock.awaitHolders(soon())));
    assertThat(failure.code()).isEqualTo(FailureCode.LOCAL_LOAD);
    lock.awaitHolders(soon());
  }

  @Test
  void doesNotKnowWhatBecameOfTheWork_whenItsLockFileWasDeletedMeanwhile() throws Exception {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> lock.holdingKey(NAME, soon(), this::deleteLocks));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure).hasMessageContaining("locks");
    assertThat(lock.<String>tryHoldingKey(NAME, () -> "done")).contains("done");
  }

  @Test
  void saysBeforeAWrite_thatItsLockFileWasDeleted() throws Exception {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> lock.holdingKey(NAME, soon(), this::writeWithoutLocks));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure).hasMessageContaining("was left as it is");
    assertThat(directory.resolve("file")).doesNotExist();
  }

  private boolean writeWithoutLocks() throws BackendFailure {
    deleteLocks();
    try {
      files.replace(directory.resolve("file"), new byte[1]);
      return true;
    } catch (IOException e) {
      throw DiskFailures.writing(directory, e);
    }
  }

  @Test
  void leavesTheCounterForWhoeverComesNext_whenItsLockFileWasDeleted() throws Exception {
    lock.openCounters(soon());
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class, () -> lock.holdingKey(NAME, soon(), this::deleteLocks));
    assertThat(failure).isNotNull();
    assertThat(ChangeCounters.isQuiet(lock.changes(NAME))).isFalse();
  }

  @Test
  void waitsForItsLastHolderToNotice_whenTheLockFileOfAKeyIsMissing() throws Exception {
    Files.createDirectory(new StoreLayout(directory).key(NAME));
    Instant before = clock.now();
    assertThat(lock.<String>tryHoldingKey(NAME, () -> "done")).contains("done");
    Instant made = clock.now();
    assertThat(lock.<String>tryHoldingKey(NAME, () -> "done")).contains("done");

    assertThat(made).isAfter(before);
    assertThat(clock.now()).isEqualTo(made);
  }

  private boolean deleteLocks() {
    Path locks = new StoreLayout(directory).locks();
    try (Stream<Path> files = Files.list(locks)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      return Files.deleteIfExists(locks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
