package dev.enclave.aws.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.Sessions;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
                  BackendFailure.class, () -> calls.all(List.of(read, read), bench.call())))
          .returns(FailureCode.CLOSED, f -> f.code());
    }
  }

  @Test
  void tellsTheTimeOfKms_asAnswersAndRefusalsCarryIt() throws Exception {
    try (KmsBench bench = new KmsBench()) {
      bench.create(KmsBench.NAME);
      bench.clock.advance(Duration.ofDays(3).plusMillis(7));
      List<Instant> told = new ArrayList<>();
      bench.backend.load(KmsBench.NAME, bench.call().withProviderTimes(told::add));
      int answered = told.size();
      BackendFailure refused =
          catchThrowableOfType(
              BackendFailure.class,
              () ->
                  bench.backend.load(
                      KeyName.of("nobody"), bench.call().withProviderTimes(told::add)));
      assertThat(refused.code()).isEqualTo(FailureCode.NOT_FOUND);

      assertThat(answered).isPositive();
      assertThat(told)
          .hasSizeGreaterThan(answered)
          .containsOnly(bench.clock.now().truncatedTo(ChronoUnit.SECONDS));
    }
  }
}
