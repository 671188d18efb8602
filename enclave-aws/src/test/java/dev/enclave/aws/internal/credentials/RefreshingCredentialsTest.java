package dev.enclave.aws.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RefreshingCredentialsTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final MutableClock clock = new MutableClock();
  private final AtomicInteger fetched = new AtomicInteger();
  private volatile Duration lifetime = HOUR;
  private volatile boolean failing;

  private final CredentialSource<AwsSecurityCredentials> source =
      new CredentialSource<AwsSecurityCredentials>() {
        @Override
        public String named() {
          return "a test";
        }

        @Override
        public Expiring<AwsSecurityCredentials> fetch() throws BackendFailure {
          int count = fetched.incrementAndGet();
          if (failing) {
            throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "failed " + count);
          }
          return new Expiring<>(
              new AwsSecurityCredentials("ASIA" + count, "secret", Optional.of("token")),
              Optional.of(clock.now().plus(lifetime)));
        }
      };

  @Test
  void asksOnce_whileTheyAreFresh() throws Exception {
    RefreshingCredentials credentials = fromSource();
    clock.advance(Duration.ofMinutes(54));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    assertThat(fetched).hasValue(1);
  }

  @Test
  void fetchesOthers_fiveMinutesBeforeTheirEnd() throws Exception {
    RefreshingCredentials credentials = fromSource();
    clock.advance(Duration.ofMinutes(55));
    assertThat(id(credentials)).isEqualTo("ASIA2");
    assertThat(fetched).hasValue(2);
  }

  @Test
  void doesNotAskAtEveryRequest_whenTheyLiveShortly() throws Exception {
    lifetime = Duration.ofMinutes(1);
    RefreshingCredentials credentials = fromSource();
    clock.advance(Duration.ofSeconds(44));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    clock.advance(Duration.ofSeconds(1));
    assertThat(id(credentials)).isEqualTo("ASIA2");
  }

  @Test
  void servesOn_whileTheSourceFails_andAsksItSeldom() throws Exception {
    RefreshingCredentials credentials = fromSource();
    failing = true;
    clock.advance(Duration.ofMinutes(56));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    assertThat(id(credentials)).isEqualTo("ASIA1");
    assertThat(fetched).hasValue(2);
    clock.advance(Duration.ofSeconds(10));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    assertThat(fetched).hasValue(3);
    failing = false;
    clock.advance(Duration.ofSeconds(10));
    assertThat(id(credentials)).isEqualTo("ASIA4");
  }

  @Test
  void failsInTheSourcesWords_onceTheyHaveExpired() throws Exception {
    RefreshingCredentials credentials = fromSource();
    failing = true;
    clock.advance(HOUR);
    assertThatThrownBy(() -> credentials.ready(call())).hasMessage("failed 2");
    assertThat(
            catchThrowableOfType(
                    RefreshingCredentials.NoneException.class, credentials::resolveCredentials)
                .failure())
        .hasMessage("failed 2");
    clock.advance(Duration.ofSeconds(1));
    assertThatThrownBy(() -> credentials.ready(call())).hasMessage("failed 3");
    failing = false;
    clock.advance(Duration.ofSeconds(1));
    assertThat(id(credentials)).isEqualTo("ASIA4");
  }

  /** "Static stability": AWS may take them still, and is asked. */
  @Test
  void usesThoseOfAnInstance_beyondTheirEnd_whileTheMetadataServiceRenewsNone() throws Exception {
    RefreshingCredentials credentials =
        RefreshingCredentials.from(
            new InstanceMetadata.Profile(this::metadata), clock, Runnable::run);
    failing = true;
    clock.advance(HOUR.multipliedBy(2));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    failing = false;
    clock.advance(Duration.ofMinutes(5));
    assertThat(id(credentials)).isNotEqualTo("ASIA1");
  }

  private MetadataAnswer metadata(MetadataRequest request) {
    if (failing) {
      return new MetadataAnswer.Silent("it is restarted");
    }
    String uri = request.uri().toString();
    String body =
        uri.contains("/api/token")
            ? "session"
            : uri.contains("security-credentials/wallet")
                ? """
                {"AccessKeyId": "ASIA%s", "SecretAccessKey": "secret", "Token": "token",
                 "Expiration": "%s"}
                """
                    .formatted(fetched.incrementAndGet(), clock.now().plus(lifetime))
                : "wallet";
    return new MetadataAnswer.Answered(200, Map.of(), body);
  }

  @Test
  void fetchesOthers_whenAwsSaysTheyHaveExpired_butNotAtEveryRefusal() throws Exception {
    RefreshingCredentials credentials = fromSource();
    credentials.refused();
    assertThat(id(credentials)).isEqualTo("ASIA1");
    clock.advance(Duration.ofSeconds(10));
    credentials.refused();
    assertThat(id(credentials)).isEqualTo("ASIA2");
    credentials.refused();
    assertThat(id(credentials)).isEqualTo("ASIA2");
  }

  @Test
  void fetchesOthers_whenAwsSaysTheyHaveExpired_thoughTheWallClockWasSetBack() throws Exception {
    RefreshingCredentials credentials = fromSource();
    clock.setWallClock(clock.now().minus(HOUR));
    clock.advance(Duration.ofSeconds(10));
    credentials.refused();
    assertThat(id(credentials)).isEqualTo("ASIA2");
  }

  @Test
  void refusesWhatHasEndedAlready() {
    lifetime = Duration.ofMinutes(-1);
    assertThatThrownBy(() -> fromSource())
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("before now");
  }

  @Test
  void endsWhatItsSourceAsksBy_whenTheFirstCannotBeFetched() {
    AtomicInteger closed = new AtomicInteger();
    failing = true;
    assertThatThrownBy(
            () ->
                RefreshingCredentials.from(
                    CredentialSource.of("a test", source, closed::incrementAndGet),
                    clock,
                    Runnable::run))
        .hasMessage("failed 1");
    assertThat(closed).hasValue(1);
  }

  @Test
  void asksOnce_howeverManyCallersWait() throws Exception {
    RefreshingCredentials credentials = fromSource();
    clock.advance(HOUR);
    int callers = 50;
    CountDownLatch together = new CountDownLatch(callers);
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      List<Future<String>> ids = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        ids.add(
            pool.submit(
                () -> {
                  together.countDown();
                  together.await();
                  return id(credentials);
                }));
      }
      for (Future<String> id : ids) {
        assertThat(id.get(30, TimeUnit.SECONDS)).isEqualTo("ASIA2");
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(fetched).hasValue(2);
  }

  @Test
  void keepsNobodyWaiting_whileOthersAreFetchedAhead() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    RefreshingCredentials credentials = slow(goOn, done);
    clock.advance(Duration.ofMinutes(56));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    assertThat(id(credentials)).isEqualTo("ASIA1");
    goOn.countDown();
    done.await();
    clock.advance(Duration.ofMinutes(4));
    assertThat(id(credentials)).isEqualTo("ASIA2");
  }

  @Test
  void waitsNoLongerThanTheDeadline_whenTheyHaveExpired() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    RefreshingCredentials credentials = slow(goOn, new CountDownLatch(1));
    clock.advance(HOUR);
    CallContext hurried =
        CallContext.of("test", 1, Deadline.in(Duration.ofMillis(200), clock), clock);
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> credentials.ready(hurried));
    assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
    goOn.countDown();
    assertThat(id(credentials)).isEqualTo("ASIA2");
    assertThat(fetched).hasValue(2);
  }

  /** From a source that hands out the second ones when it is told to. */
  private RefreshingCredentials slow(CountDownLatch goOn, CountDownLatch done)
      throws BackendFailure {
    return RefreshingCredentials.from(
        new CredentialSource<AwsSecurityCredentials>() {
          @Override
          public String named() {
            return "a slow one";
          }

          @Override
          public Expiring<AwsSecurityCredentials> fetch() throws BackendFailure {
            if (fetched.get() > 0) {
              awaitUninterrupted(goOn);
            }
            Expiring<AwsSecurityCredentials> issued = source.fetch();
            done.countDown();
            return issued;
          }
        },
        clock,
        RefreshingValue.threadForEach());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void showsNothingOfThem() throws Exception {
    RefreshingCredentials credentials = fromSource();
    assertThat(credentials).hasToString("RefreshingCredentials[a test]");
    assertThat(source.fetch().toString()).doesNotContain("secret", "token", "ASIA");
  }

  private RefreshingCredentials fromSource() throws BackendFailure {
    return RefreshingCredentials.from(source, clock, Runnable::run);
  }

  private String id(RefreshingCredentials credentials) throws BackendFailure {
    credentials.ready(call());
    return credentials.resolveCredentials().accessKeyId();
  }

  private CallContext call() {
    return CallContext.of("test", 1, Deadline.in(Duration.ofSeconds(30), clock), clock);
  }
}
