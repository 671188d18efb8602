package dev.enclave.aws.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.Sessions;
import dev.enclave.cloud.key.ParallelReads;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What belongs to the class that sends requests, and ends with it. */
class KmsCallsTest {

  @Test
  void readsNothingBesideEachOther_onceItsGateIsClosed() {
    try (KmsBench bench = new KmsBench()) {
      KmsCalls calls = new KmsCalls(Sessions.with(bench.server, bench.clock));
      ParallelReads.Read<String> read = call -> "read";
      calls.gate().close();
      assertThat(
              catchThrowableOfType(
                  BackendFailure.class,
                  () -> calls.threads().all(List.of(read, read), bench.call())))
          .returns(FailureCode.CLOSED, f -> f.code());
    }
  }
}
