package dev.enclave.campaign.bench;

import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.Turns;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Racers that stop between their requests: after a request, whoever looks at the clock to see how
 * long the next one may take waits for its turn. No request is under way then, and deadlines come
 * nearer by pauses alone, so that none passes however long a racer waits.
 */
public final class RequestTurns {

  private volatile boolean asked;
  private volatile @Nullable Turns race;

  /** Of the clients of the server that {@code faults} are for. */
  public RequestTurns(FaultInjector faults) {
    faults.watch(operation -> asked = true);
  }

  /** From now on the threads of {@code newRace} have turns. */
  public void follow(Turns newRace) {
    race = newRace;
  }

  /** The time of an Enclave of racers. */
  public TimeSource time(SkippingTime time) {
    return new TimeSource() {
      @Override
      public Instant now() {
        return time.now();
      }

      @Override
      public long nanoTime() {
        Turns turns = race;
        if (asked && turns != null && turns.turn()) {
          asked = false;
        }
        return time.skipped().toNanos();
      }

      @Override
      public void pause(Duration duration) throws InterruptedException {
        time.pause(duration);
      }
    };
  }
}
