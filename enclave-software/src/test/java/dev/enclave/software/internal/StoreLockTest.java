package dev.enclave.software.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {

  // These two share a byte of the lock file.
  private static final KeyName NAME = KeyName.of("an");
  private static final KeyName SAME_BYTE = KeyName.of("c0");

  private final MutableClock clock = new MutableClock();
  private final Path directory;
  private final StoreLock lock;
  private final StoreLock other;

  StoreLockTest(@TempDir Path directory) {
    this.directory = directory;
    SecureFiles files = new SecureFiles(new SecureRandom());
    lock = new StoreLock(files, new StoreLayout(directory), clock);
    other = new StoreLock(files, new StoreLayout(directory), clock);
  }

  @AfterEach
  void close() {
    lock.close();
    other.close();
  }

  private Instant soon() {
    return clock.now().plus(Duration.ofSeconds(1));
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
    assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
  }

  @Test
  void waitsForAKeyThatSharesItsByte() throws Exception {
    assertThat(failureWhileHeld(lock, SAME_BYTE, NAME).code()).isEqualTo(FailureCode.TIMEOUT);
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

  @Test
  void keepsItsLocksAgainstOtherProcesses_whenAnotherStoreOfThisProcessCloses() throws Exception {
    other.holdingKey(NAME, soon(), () -> "opened");
    String meanwhile =
        lock.holdingKey(
            NAME,
            soon(),
            () -> {
              other.close();
              return LockingProcess.tries(directory, NAME);
            });
    assertThat(meanwhile).isEqualTo("held");
    assertThat(LockingProcess.tries(directory, NAME)).isEqualTo("locked");
  }

  @Test
  void keepsALockThatIsHeldWhileItCloses() throws Exception {
    String meanwhile =
        lock.holdingKey(
            NAME,
            soon(),
            () -> {
              lock.close();
              return LockingProcess.tries(directory, NAME);
            });
    assertThat(meanwhile).isEqualTo("held");
    assertThat(LockingProcess.tries(directory, NAME)).isEqualTo("locked");
  }

  @Test
  void doesNotWaitForBusyWriters_whenItCloses() throws Exception {
    lock.holdingKey(NAME, soon(), () -> "opened");
    Instant before = clock.now();
    other.holdingKey(
        SAME_BYTE,
        soon(),
        () -> {
          lock.close();
          return "closed";
        });
    assertThat(clock.now()).isEqualTo(before);
  }
}
