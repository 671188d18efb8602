package dev.enclave.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestSlotsTest {

  private static final RemoteRequest SIGN = new RemoteRequest("kms:Sign", false, "key-1");
  private static final RemoteRequest CREATE = new RemoteRequest("kms:CreateKey", true, "key-1");
  private static final Duration LONG = Duration.ofMinutes(5);

  private final MutableClock clock = new MutableClock();
  private final RequestSlots slots = new RequestSlots(1, "Raise the limit.");

  private CallContext call(Duration within) {
    return CallContext.of("op", 1, Deadline.in(within, clock), clock, id -> {});
  }

  private RequestSlots.Slot enter(RemoteRequest request, CallContext call) throws BackendFailure {
    return slots.enter(request, call.remaining(), call);
  }

  @Test
  void saysHowManyThereAre_whereNoneIsFreeInTime() throws BackendFailure {
    try (RequestSlots.Slot taken = enter(SIGN, call(LONG))) {
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> enter(SIGN, call(Duration.ofMillis(5))));
      assertThat(taken).isNotNull();
      assertThat(failure.code()).isEqualTo(FailureCode.LOCAL_LOAD);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      assertThat(failure)
          .hasMessage(
              "kms:Sign on key-1 was not sent: none of this process's 1 connections was free until"
                  + " the deadline. Raise the limit.");
    }
    enter(SIGN, call(LONG)).close();
  }

  @Test
  void silenceIsTheServices_whereTheRequestWaitedForNobody() throws BackendFailure {
    try (RequestSlots.Slot slot = enter(SIGN, call(Duration.ofMillis(300)))) {
      assertThat(slot.late().code()).isEqualTo(FailureCode.TIMEOUT);
    }
  }

  @Test
  void silenceIsNobodys_whereTheWaitLeftTooLittleTime() throws Exception {
    BackendFailure read = lateAfterWaiting(SIGN, Duration.ofMillis(300));
    assertThat(read.code()).isEqualTo(FailureCode.LOCAL_LOAD);
    assertThat(read).hasMessageContaining("300 ms that were left");
    BackendFailure change = lateAfterWaiting(CREATE, Duration.ofMillis(300));
    assertThat(change.code()).isEqualTo(FailureCode.LOCAL_LOAD);
    assertThat(change.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
  }

  @Test
  void silenceIsTheServices_whereTimeEnoughWasLeftAfterTheWait() throws Exception {
    assertThat(lateAfterWaiting(SIGN, Duration.ofSeconds(2)).code()).isEqualTo(FailureCode.TIMEOUT);
  }

  @Test
  void silenceIsNobodys_whereTheCallWaitedForCredentialsBefore() throws BackendFailure {
    CallContext call = call(Duration.ofSeconds(5));
    Duration before = call.remaining();
    clock.advance(Duration.ofMillis(4500));
    try (RequestSlots.Slot slot = slots.enter(SIGN, before, call)) {
      assertThat(slot.late().code()).isEqualTo(FailureCode.LOCAL_LOAD);
    }
  }

  /** The place was another's when this one came, and so much was left when it was free. */
  private BackendFailure lateAfterWaiting(RemoteRequest request, Duration left) throws Exception {
    CallContext call = call(LONG);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      RequestSlots.Slot taken = enter(SIGN, call(LONG));
      Future<BackendFailure> late =
          other.submit(
              () -> {
                try (RequestSlots.Slot slot = enter(request, call)) {
                  return slot.late();
                }
              });
      while (!slots.crowded()) {
        Thread.onSpinWait();
      }
      clock.advance(LONG.minus(left));
      taken.close();
      return late.get();
    } finally {
      other.shutdownNow();
    }
  }
}
