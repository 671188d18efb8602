package dev.enclave.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SlowStartTest {

  private static final int MOST = 1024;
  private static final HttpExchange BY_NOBODY =
      (request, within) -> {
        throw new IllegalStateException("nothing is sent here");
      };

  private final SlowStart start = new SlowStart(BY_NOBODY, MOST);

  @Test
  void aFewMayBegin_andOneMoreForEachThatIsServed() throws Exception {
    assertThat(entered()).isEqualTo(SlowStart.FIRST);

    for (int i = 0; i < SlowStart.FIRST; i++) {
      start.left(true);
    }
    assertThat(entered()).isEqualTo(2 * SlowStart.FIRST);
  }

  @Test
  void allBeginAnew_whenThereIsNoConnection() throws Exception {
    entered();
    for (int i = 0; i < SlowStart.FIRST - 1; i++) {
      start.left(true);
    }
    start.left(false);
    assertThat(entered()).isEqualTo(SlowStart.FIRST);
  }

  @Test
  void thereIsAnEndToGrowing() throws Exception {
    for (int i = 0; i < 3 * MOST; i++) {
      assertThat(start.enter(0)).isTrue();
      start.left(true);
    }
    assertThat(entered()).isEqualTo(MOST);
  }

  @Test
  void whoWaitsGoesOn_whenAnotherIsServed() throws Exception {
    entered();
    Thread waiting =
        new Thread(
            () -> {
              try {
                assertThat(start.enter(TimeUnit.SECONDS.toNanos(20))).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    waiting.start();
    while (waiting.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    start.left(true);
    waiting.join();
    // The one that waited took a place, and there is one more.
    assertThat(entered()).isEqualTo(1);
  }

  /** How many more may begin now. */
  private int entered() throws InterruptedException {
    int entered = 0;
    while (start.enter(0)) {
      entered++;
    }
    return entered;
  }
}
