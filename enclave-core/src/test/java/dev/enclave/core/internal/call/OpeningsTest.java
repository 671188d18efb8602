package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.Deadline;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class OpeningsTest {

  private static final BackendId ID = BackendId.of("far");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HandTime time = new HandTime();
  private final Queue<CompletableFuture<String>> openable = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<BackendId> begun = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();
  private final Openings<String> openings = new Openings<>(this::open, closed::add, time, PATIENCE);

  private String open(BackendId id) {
    CompletableFuture<String> next = openable.remove();
    begun.add(id);
    return next.join();
  }

  @Test
  void opensOnce() {
    openable.add(CompletableFuture.completedFuture("first"));
    assertThat(openings.of(ID, patient())).isEqualTo("first");
    assertThat(openings.of(ID, patient())).isEqualTo("first");
  }

  @Test
  void whoeverHasNoTimeLeft_stopsWaiting_andTheOpeningGoesOn() {
    CompletableFuture<String> slow = new CompletableFuture<>();
    openable.add(slow);
    assertThat(refusal(Deadline.in(Duration.ofMillis(1), time)))
        .isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    slow.complete("slow");
    assertThat(openings.of(ID, patient())).isEqualTo("slow");
  }

  @Test
  void givesUpABackendThatHangs_andOpensItAnewAMomentLater() throws Exception {
    CompletableFuture<String> hanging = new CompletableFuture<>();
    openable.add(hanging);
    openable.add(CompletableFuture.completedFuture("second"));
    Deadline none = Deadline.in(Duration.ZERO, time);
    assertThat(refusal(none)).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    begun.take();
    time.advance(PATIENCE);
    assertThat(refusal(none)).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(refusal(none)).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
    time.advance(Openings.FAILURE_REMEMBERED);
    assertThat(openings.of(ID, patient())).isEqualTo("second");
    hanging.complete("late");
    assertThat(closed.poll(1, TimeUnit.MINUTES)).isEqualTo("late");
    assertThat(openings.of(ID, patient())).isEqualTo("second");
  }

  @Test
  void closesAllThatIsOpen_andOpensNoneAnyMore() {
    openings.add(BackendId.of("near"), "near");
    openable.add(CompletableFuture.completedFuture("far"));
    openings.of(ID, patient());
    openings.close();
    openings.close();
    assertThat(closed).containsExactly("near", "far");
    assertThat(refusal(patient())).isEqualTo(ErrorCode.CLOSED);
  }

  private ErrorCode refusal(Deadline deadline) {
    return catchThrowableOfType(EnclaveException.class, () -> openings.of(ID, deadline)).code();
  }

  private Deadline patient() {
    return Deadline.in(Duration.ofSeconds(30), time);
  }
}
