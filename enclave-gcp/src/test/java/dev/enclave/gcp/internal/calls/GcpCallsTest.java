package dev.enclave.gcp.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.cloud.key.ParallelReads;
import dev.enclave.gcp.internal.Bench;
import dev.enclave.gcp.internal.Sessions;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What belongs to the class that sends requests, and ends with it. */
class GcpCallsTest {

  @Test
  void readsNothingBesideEachOther_onceItsGateIsClosed() {
    try (Bench bench = Bench.start()) {
      GcpCalls calls = new GcpCalls(Sessions.with(bench.server()));
      ParallelReads.Read<String> read = call -> "read";
      calls.gate().close();
      assertThat(
              catchThrowableOfType(
                  BackendFailure.class,
                  () ->
                      calls
                          .threads()
                          .all(
                              List.of(read, read),
                              CallContext.of(
                                  "read",
                                  1,
                                  Deadline.in(Duration.ofMinutes(1), bench.clock()),
                                  bench.clock()))))
          .returns(FailureCode.CLOSED, f -> f.code());
    }
  }
}
