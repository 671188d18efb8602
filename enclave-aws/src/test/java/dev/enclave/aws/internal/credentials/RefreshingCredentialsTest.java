package dev.enclave.aws.internal.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private final CredentialSource source =
      new CredentialSource() {
        @Override
        public String named() {
          return "a test";
        }

        @Override
        public Issued fetch() throws BackendFailure {
          int count = fetched.incrementAndGet();
          if (failing) {
            throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "failed " + count);
          }
          return Issued.session(
              "ASIA" + count, "secret", "token", Optional.of(clock.now().plus(lifetime)));
        }
      };

  @Test
  void asksOnce_whileTheyAreFresh() throws Exception {
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
    clock.advance(Duration.ofMinutes(54));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    assertThat(fetched).hasValue(1);
  }

  @Test
  void fetchesOthers_fiveMinutesBeforeTheirEnd() throws Exception {
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
    clock.advance(Duration.ofMinutes(55));
    assertThat(id(credentials)).isEqualTo("ASIA2");
    assertThat(fetched).hasValue(2);
  }

  @Test
  void doesNotAskAtEveryRequest_whenTheyLiveShortly() throws Exception {
    lifetime = Duration.ofMinutes(1);
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
    clock.advance(Duration.ofSeconds(44));
    assertThat(id(credentials)).isEqualTo("ASIA1");
    clock.advance(Duration.ofSeconds(1));
    assertThat(id(credentials)).isEqualTo("ASIA2");
  }

  @Test
  void servesOn_whileTheSourceFails_andAsksItSeldom() throws Exception {
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
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
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
    failing = true;
    clock.advance(HOUR);
    assertThat(
            catchThrowableOfType(CredentialsException.class, credentials::resolveCredentials)
                .failure())
        .hasMessage("failed 2");
    assertThatThrownBy(credentials::resolveCredentials).hasMessage("failed 2");
    clock.advance(Duration.ofSeconds(1));
    assertThatThrownBy(credentials::resolveCredentials).hasMessage("failed 3");
    failing = false;
    clock.advance(Duration.ofSeconds(1));
    assertThat(id(credentials)).isEqualTo("ASIA4");
  }

  @Test
  void fetchesOthers_whenAwsSaysTheyHaveExpired_butNotAtEveryRefusal() throws Exception {
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
    credentials.refused();
    assertThat(id(credentials)).isEqualTo("ASIA1");
    clock.advance(Duration.ofSeconds(10));
    credentials.refused();
    assertThat(id(credentials)).isEqualTo("ASIA2");
    credentials.refused();
    assertThat(id(credentials)).isEqualTo("ASIA2");
  }

  @Test
  void refusesWhatHasEndedAlready() {
    lifetime = Duration.ofMinutes(-1);
    assertThatThrownBy(() -> RefreshingCredentials.from(source, clock))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("before now");
  }

  @Test
  void asksOnce_howeverManyCallersWait() throws Exception {
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
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
  void keepsNobodyWaiting_whileOneFetchesAhead() throws Exception {
    CountDownLatch fetching = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CredentialSource slow =
        new CredentialSource() {
          @Override
          public String named() {
            return "a slow one";
          }

          @Override
          public Issued fetch() throws BackendFailure {
            if (fetched.get() > 0) {
              fetching.countDown();
              awaitUninterrupted(goOn);
            }
            return source.fetch();
          }
        };
    RefreshingCredentials credentials = RefreshingCredentials.from(slow, clock);
    clock.advance(Duration.ofMinutes(56));
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<String> one = pool.submit(() -> id(credentials));
      fetching.await();
      assertThat(id(credentials)).isEqualTo("ASIA1");
      goOn.countDown();
      assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo("ASIA2");
    } finally {
      pool.shutdownNow();
    }
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
    RefreshingCredentials credentials = RefreshingCredentials.from(source, clock);
    assertThat(credentials).hasToString("RefreshingCredentials[a test]");
    assertThat(source.fetch().toString()).doesNotContain("secret", "token", "ASIA");
  }

  private static String id(RefreshingCredentials credentials) {
    return credentials.resolveCredentials().accessKeyId();
  }
}
