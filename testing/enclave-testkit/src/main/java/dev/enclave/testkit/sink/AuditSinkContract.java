package dev.enclave.testkit.sink;

import static dev.enclave.testkit.sink.SinkEvents.event;
import static dev.enclave.testkit.sink.SinkEvents.id;
import static dev.enclave.testkit.sink.SinkEvents.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import dev.enclave.testkit.internal.Racers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every audit sink must do. A sink whose place can fail runs {@link FailingAuditSinkContract}
 * as well, one that can be made to wait {@link WaitingAuditSinkContract}.
 */
public interface AuditSinkContract {

  /** A sink over an empty place. */
  AuditSinkUnderTest openSink() throws IOException;

  @Test
  default void writesEveryEventOnce_andThoseOfAThreadInOrder() throws Exception {
    int threads = 8;
    int each = 100;
    AuditSinkUnderTest place = openSink();
    try (AuditSink sink = place.sink()) {
      Racers.race(
          IntStream.range(0, threads)
              .<Callable<Integer>>mapToObj(
                  thread ->
                      () -> {
                        for (int i = 0; i < each; i++) {
                          sink.append(
                              event(thread, i),
                              i % 10 == 0 ? Durability.DURABLE : Durability.BUFFERED);
                        }
                        return each;
                      })
              .toList());
    }
    List<String> written = ids(place.written());
    assertThat(written).hasSize(threads * each).doesNotHaveDuplicates();
    for (int thread = 0; thread < threads; thread++) {
      String prefix = "contract-" + thread + "-";
      int number = thread;
      assertThat(written.stream().filter(id -> id.startsWith(prefix)))
          .containsExactlyElementsOf(
              IntStream.range(0, each).mapToObj(i -> id(number, i)).toList());
    }
  }

  @Test
  default void aDurableEventIsThereWhenAppendReturns_withAllBeforeIt() throws IOException {
    AuditSinkUnderTest place = openSink();
    try (AuditSink sink = place.sink()) {
      sink.append(event(0, 0), Durability.BUFFERED);
      sink.append(event(0, 1), Durability.BUFFERED);
      sink.append(event(0, 2), Durability.DURABLE);

      assertThat(ids(place.written())).containsExactly(id(0, 0), id(0, 1), id(0, 2));
    }
  }

  @Test
  default void whatWasAcceptedIsThere_onceClosed() throws IOException {
    AuditSinkUnderTest place = openSink();
    place.sink().append(event(0, 0), Durability.BUFFERED);
    place.sink().append(event(0, 1), Durability.BUFFERED);
    place.sink().close();

    assertThat(ids(place.written())).containsExactly(id(0, 0), id(0, 1));
  }

  @Test
  default void refusesEverything_onceClosed_andWritesNothingOfIt() throws IOException {
    AuditSinkUnderTest place = openSink();
    place.sink().append(event(0, 0), Durability.DURABLE);
    place.sink().close();
    for (Durability durability : Durability.values()) {
      assertThatThrownBy(() -> place.sink().append(event(0, 1), durability))
          .as("an event after close")
          .isInstanceOf(IOException.class);
    }
    assertThat(ids(place.written())).containsExactly(id(0, 0));
  }

  @Test
  default void isClosedTwiceWithoutHarm() throws IOException {
    AuditSinkUnderTest place = openSink();
    place.sink().append(event(0, 0), Durability.BUFFERED);
    place.sink().close();
    place.sink().close();

    assertThat(ids(place.written())).containsExactly(id(0, 0));
  }

  @Test
  default void whatIsAcceptedWhileItClosesIsWritten_andNothingElse() throws Exception {
    int threads = 4;
    AuditSinkUnderTest place = openSink();
    Queue<String> accepted = new ConcurrentLinkedQueue<>();
    CountDownLatch underWay = new CountDownLatch(threads);
    AtomicBoolean closed = new AtomicBoolean();
    List<Callable<Boolean>> racers = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int number = thread;
      racers.add(
          () -> {
            for (int i = 0; ; i++) {
              boolean late = closed.get();
              try {
                place.sink().append(event(number, i), Durability.BUFFERED);
              } catch (IOException e) {
                underWay.countDown();
                return true;
              }
              if (late) {
                return false;
              }
              accepted.add(id(number, i));
              if (i == 20) {
                underWay.countDown();
              }
            }
          });
    }
    racers.add(
        () -> {
          underWay.await();
          place.sink().close();
          closed.set(true);
          return true;
        });

    assertThat(Racers.race(racers)).as("refused once closed").containsOnly(true);
    assertThat(ids(place.written())).containsExactlyInAnyOrderElementsOf(accepted);
  }

  @Test
  default void anInterruptedThreadStaysInterrupted() throws IOException {
    AuditSinkUnderTest place = openSink();
    List<String> accepted = new ArrayList<>();
    int number = 0;
    for (Durability durability : Durability.values()) {
      Thread.currentThread().interrupt();
      try {
        place.sink().append(event(0, number), durability);
        accepted.add(id(0, number));
      } catch (InterruptedIOException e) {
        assertThat(e).as("a wait that ended before the event was accepted").isNotNull();
      } finally {
        assertThat(Thread.interrupted()).as("the interrupt status after append").isTrue();
      }
      number++;
    }
    place.sink().close();
    assertThat(ids(place.written())).containsExactlyElementsOf(accepted);
  }

  @Test
  default void hostileTextStaysInItsRecord() throws IOException {
    List<String> texts =
        List.of(
            "a\r\nb\nc\rd",
            "\u0085\u2028\u2029\u000b\u000c\u0000",
            "${jndi:ldap://x/y} %s %n {} {0} \\",
            "half a pair \ud800 and \udc00",
            "\u001b[2J\u202e\"},{\"at\":\"",
            "x".repeat(100_000));
    AuditSinkUnderTest place = openSink();
    List<String> expected = new ArrayList<>();
    try (AuditSink sink = place.sink()) {
      for (int i = 0; i < texts.size(); i++) {
        sink.append(event(0, i, texts.get(i)), Durability.DURABLE);
        expected.add(id(0, i));
      }
      sink.append(event(0, texts.size()), Durability.DURABLE);
      expected.add(id(0, texts.size()));
    }
    assertThat(place.written()).as("records").hasSize(expected.size());
    assertThat(ids(place.written())).containsExactlyElementsOf(expected);
  }

  @Test
  default void anEventIsTakenWholeHoweverLong_orRefusedAndNeverWritten() throws IOException {
    AuditSinkUnderTest place = openSink();
    List<String> expected = new ArrayList<>();
    try (AuditSink sink = place.sink()) {
      try {
        sink.append(event(0, 0, "x".repeat(1_000_000)), Durability.DURABLE);
        expected.add(id(0, 0));
      } catch (IOException e) {
        assertThat(e).as("a refusal").hasMessageNotContaining("xxxxxxxx");
      }
      sink.append(event(0, 1), Durability.DURABLE);
      expected.add(id(0, 1));
    }
    assertThat(ids(place.written())).containsExactlyElementsOf(expected);
  }
}
