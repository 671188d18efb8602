package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class OpeningWatchTest {

  private static final BackendId ID = BackendId.of("far");

  @Test
  void givesWhatWasOpened() {
    assertThat(
            new OpeningWatch(Duration.ofMinutes(1))
                .<String>whileOpening(ID, () -> "it", late -> {}))
        .isEqualTo("it");
  }

  @Test
  void throwsTheVeryException() {
    IllegalStateException failure = new IllegalStateException("so");
    assertThatThrownBy(
            () ->
                new OpeningWatch(Duration.ofMinutes(1))
                    .<String>whileOpening(
                        ID,
                        () -> {
                          throw failure;
                        },
                        late -> {}))
        .isSameAs(failure);
  }

  @Test
  void givesUpABackendThatHangs_andClosesWhatComesLate() throws Exception {
    CountDownLatch given = new CountDownLatch(1);
    CompletableFuture<String> closed = new CompletableFuture<>();
    AtomicBoolean begun = new AtomicBoolean();
    // Where its thread starts too late nothing is opened, and nothing comes late.
    while (!begun.get()) {
      assertThatThrownBy(
              () ->
                  new OpeningWatch(Duration.ofMillis(1))
                      .<String>whileOpening(
                          ID,
                          () -> {
                            begun.set(true);
                            return hanging(given);
                          },
                          closed::complete))
          .isInstanceOfSatisfying(
              ConnectivityException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE))
          .hasMessageContaining("Backend far hangs");
    }
    given.countDown();
    assertThat(closed.get()).isEqualTo("late");
  }

  @Test
  void saysThatItWasInterrupted() {
    Thread.currentThread().interrupt();
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                new OpeningWatch(Duration.ofMinutes(1))
                    .<String>whileOpening(ID, () -> hanging(never), late -> {}))
        .isInstanceOfSatisfying(
            ConnectivityException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
    never.countDown();
  }

  /** Does not even heed an interrupt. */
  private static String hanging(CountDownLatch until) {
    while (true) {
      try {
        until.await();
        return "late";
      } catch (InterruptedException e) {
        // It hangs on.
      }
    }
  }
}
