package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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
                      calls.all(
                          List.of(read, read),
                          CallContext.of(
                              "read",
                              1,
                              Deadline.in(Duration.ofMinutes(1), bench.clock()),
                              bench.clock()))))
          .returns(FailureCode.CLOSED, f -> f.code());
    }
  }

  /** gRPC itself has no date, and our server sends none. */
  @Test
  void tellsTheTimeOfAFrontEnd_whereItAddsTheDateOfHttp() throws Exception {
    AtomicBoolean dated = new AtomicBoolean();
    MutableClock theirs = new MutableClock(Instant.parse("2026-03-04T05:06:07Z"));
    Interceptor frontEnd =
        (request, service) ->
            Delivery.answer(
                dated.get()
                    ? service
                        .handle(request)
                        .withHeader(
                            "date",
                            DateTimeFormatter.RFC_1123_DATE_TIME
                                .withZone(ZoneOffset.UTC)
                                .format(theirs.now()))
                    : service.handle(request));
    try (Bench bench = Bench.start(GcpKmsServer.builder().interceptor(frontEnd))) {
      KeyName name = bench.create(SigningAlgorithm.ECDSA_P256_SHA256).name();
      List<Instant> told = new ArrayList<>();
      bench.backend().load(name, bench.call().withProviderTimes(told::add));
      assertThat(told).isEmpty();

      dated.set(true);
      bench.backend().load(name, bench.call().withProviderTimes(told::add));
      int answered = told.size();
      BackendFailure refused =
          catchThrowableOfType(
              BackendFailure.class,
              () ->
                  bench
                      .backend()
                      .load(KeyName.of("nobody"), bench.call().withProviderTimes(told::add)));
      assertThat(refused.code()).isEqualTo(FailureCode.NOT_FOUND);

      assertThat(answered).isPositive();
      assertThat(told).hasSizeGreaterThan(answered).containsOnly(theirs.now());
    }
  }
}
