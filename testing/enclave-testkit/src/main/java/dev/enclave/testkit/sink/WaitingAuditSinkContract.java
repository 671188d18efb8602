package dev.enclave.testkit.sink;

import static dev.enclave.testkit.sink.SinkEvents.event;
import static dev.enclave.testkit.sink.SinkEvents.id;
import static dev.enclave.testkit.sink.SinkEvents.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a sink must do that has no room, by {@link AuditSinkUnderTest#holding}. */
public interface WaitingAuditSinkContract extends AuditSinkContract {

  /** How many events the sink accepts at most while its place makes it wait. */
  int room();

  @Test
  default void makesTheThreadWaitWhereThereIsNoRoom_andDropsNothing() throws Exception {
    int events = room() + 10;
    AtomicInteger accepted = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AuditSinkUnderTest place = openSink();
    try (AuditSink sink = place.sink()) {
      place.holding(true);
      Thread caller =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < events; i++) {
                    sink.append(event(0, i), Durability.BUFFERED);
                    accepted.incrementAndGet();
                  }
                } catch (IOException | RuntimeException e) {
                  failures.add(e);
                }
              });
      caller.start();
      awaitStandstill(caller, accepted);
      int before = accepted.get();
      boolean waiting = caller.isAlive();
      place.holding(false);
      caller.join();

      assertThat(failures).isEmpty();
      assertThat(waiting).as("the thread waits").isTrue();
      assertThat(before).as("events accepted without room").isLessThanOrEqualTo(room());
    }
    assertThat(ids(place.written()))
        .containsExactlyElementsOf(IntStream.range(0, events).mapToObj(i -> id(0, i)).toList());
  }

  /** Until the thread has ended, or waits and its count stays where it is. */
  private static void awaitStandstill(Thread caller, AtomicInteger accepted) {
    int last = -1;
    while (caller.getState() != Thread.State.TERMINATED) {
      boolean waits =
          caller.getState() == Thread.State.WAITING || caller.getState() == Thread.State.BLOCKED;
      int now = accepted.get();
      if (waits && now == last) {
        return;
      }
      last = now;
      Thread.onSpinWait();
    }
  }
}
