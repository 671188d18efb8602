package dev.enclave.pkcs11.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.SigningAlgorithm;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.pkcs11.internal.keys.Pkcs11Keys;
import dev.enclave.pkcs11.internal.settings.Pkcs11Settings;
import dev.enclave.processes.SoftHsm;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls, sessions and logins, at a library that hangs, refuses and loses its state. */
@Tag("full")
@Tag("needs-softhsm")
class TokenTest {

  private static final MutableClock CLOCK = new MutableClock();
  private static final RemoteRequest READ = new RemoteRequest("C_Sign", false, "a key");
  private static final RemoteRequest CHANGE = new RemoteRequest("C_DestroyObject", true, "a key");
  private static final long CKR_SESSION_COUNT = 0xb1;

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void makeTokens() throws Exception {
    SoftHsm hsm = SoftHsm.in(folder);
    hsm.token("calls");
    hsm.token("guarded-by-two");
  }

  private static CallContext within(Duration time) {
    return CallContext.of("op", 1, Deadline.in(time, CLOCK), CLOCK);
  }

  private static CallContext call() {
    return within(Duration.ofSeconds(30));
  }

  private static Token open(Path library, String... more) throws BackendFailure {
    return open(library, call(), more);
  }

  private static Token open(Path library, CallContext call, String... more) throws BackendFailure {
    Map<String, String> settings = new TreeMap<>();
    settings.put("uri", "pkcs11:token=calls?module-path=" + library);
    settings.put("pin", SoftHsm.PIN);
    settings.put("lock-directory", folder.resolve("locks").toString());
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return Token.open(
        Pkcs11Settings.of(
            BackendContext.of(
                new BackendSettings(BackendId.PKCS11, settings),
                EnvironmentType.DEVELOPMENT,
                FakeEnvironment.empty(),
                CLOCK,
                new SecureRandom())),
        call);
  }

  private static byte[] random(Token token, CallContext call) throws BackendFailure {
    return token.run(READ, call, session -> session.session().random(8));
  }

  private static BackendFailure failure(Callable<?> work) {
    return catchThrowableOfType(BackendFailure.class, work::call);
  }

  /** Does nothing until the test says so. */
  private static final class Held {

    final CountDownLatch release = new CountDownLatch(1);
    final AtomicInteger calls = new AtomicInteger();

    long call(LongSupplier function) {
      calls.incrementAndGet();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return function.getAsLong();
    }
  }

  /** How many sessions are open, and were at most. */
  private static final class Sessions {

    private int now;
    private int most;

    synchronized void add(int number) {
      now += number;
      most = Math.max(most, now);
    }

    Interposed counting(Interposed library) {
      return library
          .at(
              Interposed.OPEN_SESSION,
              open -> {
                long code = open.getAsLong();
                add(code == 0 ? 1 : 0);
                return code;
              })
          .at(
              Interposed.CLOSE_SESSION,
              close -> {
                long code = close.getAsLong();
                add(code == 0 ? -1 : 0);
                return code;
              });
    }
  }

  @Test
  void aCallEndsByTheDeadline_whenTheLibraryHangs_andTheThreadIsCountedUntilItReturns()
      throws Exception {
    Held held = new Held();
    Interposed library = Interposed.in(folder).at(Interposed.GENERATE_RANDOM, held::call);
    Token token = open(library.file(), "sessions", "2");
    try {
      assertThat(failure(() -> random(token, within(Duration.ofMillis(100)))).code())
          .isEqualTo(FailureCode.TIMEOUT);
      assertThat(token.findings(call()))
          .extracting(Finding::observed)
          .containsExactly(
              "1 calls of the PKCS#11 library have not returned, each in a thread of its own.");
      assertThat(failure(() -> random(token, within(Duration.ofMillis(100)))).code())
          .isEqualTo(FailureCode.TIMEOUT);
      // Nothing waits for a token of which all sessions hang.
      BackendFailure refused = failure(() -> random(token, call()));
      assertThat(refused.code()).isEqualTo(FailureCode.UNAVAILABLE);
      assertThat(refused)
          .hasMessageContaining("2 calls of the PKCS#11 library have not returned.")
          .hasMessageContaining("Restart the process.");
      assertThat(held.calls).hasValue(2);
      held.release.countDown();
      assertThat(eventually(token)).hasSize(8);
      assertThat(token.findings(call())).isEmpty();
    } finally {
      held.release.countDown();
      token.gate().close();
    }
  }

  /** Once both threads have come back. */
  private static byte[] eventually(Token token) throws Exception {
    while (token.hanging() > 0) {
      Thread.onSpinWait();
    }
    return random(token, call());
  }

  @Test
  void aCallThatHangsKeepsItsPlace_soThatTheTokenHasNoMoreSessionsThanItAllows() throws Exception {
    Held held = new Held();
    Sessions sessions = new Sessions();
    Interposed library =
        sessions.counting(Interposed.in(folder)).at(Interposed.GENERATE_RANDOM, held::call);
    Token token = open(library.file(), "sessions", "2");
    try {
      assertThat(failure(() -> random(token, within(Duration.ofMillis(100)))).code())
          .isEqualTo(FailureCode.TIMEOUT);
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch leave = new CountDownLatch(1);
      ExecutorService threads = Executors.newFixedThreadPool(1);
      try {
        Future<?> other =
            threads.submit(
                () ->
                    token.run(
                        READ,
                        call(),
                        session -> {
                          inside.countDown();
                          return awaited(leave);
                        }));
        inside.await();
        assertThat(failure(() -> token.findings(within(Duration.ofMillis(100)))).code())
            .isEqualTo(FailureCode.LOCAL_LOAD);
        leave.countDown();
        other.get();
      } finally {
        leave.countDown();
        threads.shutdownNow();
      }
      assertThat(sessions.most).isEqualTo(2);
    } finally {
      held.release.countDown();
      token.gate().close();
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anOpeningThatEndsTooLateLeavesTheLibraryToNobody() throws Exception {
    Held held = new Held();
    CountDownLatch finalized = new CountDownLatch(1);
    Interposed library =
        Interposed.in(folder)
            .at(Interposed.GET_SLOT_LIST, held::call)
            .at(
                Interposed.FINALIZE,
                function -> {
                  finalized.countDown();
                  return function.getAsLong();
                });
    assertThat(failure(() -> open(library.file(), within(Duration.ofMillis(100)))).code())
        .isEqualTo(FailureCode.TIMEOUT);
    held.release.countDown();
    assertThat(finalized.await(20, TimeUnit.SECONDS)).isTrue();
  }

  /** CKR_DEVICE_ERROR, at the first curve that is tried, and then no more. */
  @Test
  void aTokenThatFailsForAMomentWhileItIsOpened_lacksNoCurve() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Interposed library =
        Interposed.in(folder)
            .at(
                Interposed.DESTROY_OBJECT,
                function -> calls.incrementAndGet() <= 3 ? 0x30 : function.getAsLong());
    Token token = open(library.file());
    try {
      assertThat(new Pkcs11Keys(token, call()).supported())
          .extracting(AlgorithmSupport::algorithm)
          .contains(SigningAlgorithm.ED25519, SigningAlgorithm.ECDSA_P256_SHA256);
    } finally {
      token.gate().close();
    }
  }

  @Test
  void aLibraryThatHangsKeepsNoOtherFromBeingOpened() throws Exception {
    Held held = new Held();
    Interposed hanging = Interposed.in(folder).at(Interposed.GENERATE_RANDOM, held::call);
    Token token = open(hanging.file());
    assertThat(failure(() -> random(token, within(Duration.ofMillis(100)))).code())
        .isEqualTo(FailureCode.TIMEOUT);
    token.gate().close();
    try {
      Token other = open(Interposed.in(folder).file(), within(Duration.ofSeconds(10)));
      assertThat(random(other, call())).hasSize(8);
      other.gate().close();
    } finally {
      held.release.countDown();
    }
  }

  @Test
  void twoBackendsThatAreOpenedAtOnceSendAWrongPinOnce() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    CountDownLatch second = new CountDownLatch(2);
    Interposed library =
        Interposed.in(folder)
            .at(
                Interposed.LOGIN,
                login -> {
                  sent.incrementAndGet();
                  second.countDown();
                  try {
                    // Long enough for another to come, if it may.
                    second.await(500, TimeUnit.MILLISECONDS);
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return login.getAsLong();
                });
    String uri = "pkcs11:token=guarded-by-two?module-path=" + library.file();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Throwable>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Token token = open(library.file(), "uri", uri, "pin", "1111");
        both.add(threads.submit(() -> catchThrowable(() -> random(token, call()))));
      }
      for (Future<Throwable> one : both) {
        assertThat(one.get()).isInstanceOf(BackendFailure.class);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sent).hasValue(1);
  }

  @Test
  void aSessionIsClosed_whenWhatIsDoneInItBreaks() throws Exception {
    Sessions sessions = new Sessions();
    Token token = open(sessions.counting(Interposed.in(folder)).file());
    for (int i = 0; i < 3; i++) {
      assertThat(
              catchThrowable(
                  () ->
                      token.run(
                          READ,
                          call(),
                          session -> {
                            throw new IllegalStateException("broken");
                          })))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(sessions.now).isZero();
    token.gate().close();
  }

  /** A session that another part of the process has closed. */
  private static int lose(TokenSession session, AtomicInteger times) {
    if (times.incrementAndGet() == 1) {
      session.session().close();
    }
    return times.get();
  }

  @Test
  void whatOnlyReadsIsDoneAgain_whenItsSessionWasLost() throws Exception {
    Token token = open(Interposed.in(folder).file());
    AtomicInteger times = new AtomicInteger();
    assertThat(
            token.<Integer>run(
                READ,
                call(),
                session -> {
                  lose(session, times);
                  return session.session().random(8).length;
                }))
        .isEqualTo(8);
    assertThat(times).hasValue(2);
    token.gate().close();
  }

  @Test
  void aChangeIsNotDoneAgain_whenItMayHaveChangedSomething() throws Exception {
    Token token = open(Interposed.in(folder).file());
    AtomicInteger times = new AtomicInteger();
    BackendFailure failure =
        failure(
            () ->
                token.change(
                    CHANGE,
                    call(),
                    session -> {
                      lose(session, times);
                      session.session().destroyObject(1);
                      return true;
                    }));
    assertThat(times).hasValue(1);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    // What it reads before is done again.
    times.set(0);
    Attributes all = new Attributes().with(Ck.CKA_LABEL, "nothing");
    assertThat(
            token.<Integer>change(
                CHANGE,
                call(),
                session -> {
                  lose(session, times);
                  return session.session().find(all).size();
                }))
        .isZero();
    assertThat(times).hasValue(2);
    token.gate().close();
  }

  @Test
  void aLibraryThatWeInitialisedIsInitialisedAnew() throws Exception {
    Interposed library = Interposed.in(folder);
    Token token = open(library.file());
    assertThat(random(token, call())).hasSize(8);
    assertThat(library.call("C_Finalize")).isZero();
    assertThat(random(token, call())).hasSize(8);
    token.gate().close();
  }

  @Test
  void aLibraryThatAnotherPartInitialisedIsAnOutage_untilThatPartMendsIt() throws Exception {
    AtomicInteger finalized = new AtomicInteger();
    Interposed library =
        Interposed.in(folder)
            .at(
                Interposed.FINALIZE,
                function -> {
                  finalized.incrementAndGet();
                  return function.getAsLong();
                });
    CryptokiModule owner = CryptokiModule.open(library.file());
    assertThat(owner.isInitializedHere()).isTrue();
    Token token = open(library.file());
    assertThat(random(token, call())).hasSize(8);
    owner.close();
    assertThat(finalized).hasValue(1);
    BackendFailure failure = failure(() -> random(token, call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure)
        .hasMessageContaining("another part of this process initialised it")
        .hasMessageContaining("Restart the process.");
    CryptokiModule again = CryptokiModule.open(library.file());
    assertThat(again.isInitializedHere()).isTrue();
    assertThat(random(token, call())).hasSize(8);
    token.gate().close();
    assertThat(finalized).as("it is not ours to finalise").hasValue(1);
    assertThat(again.slots(true)).isNotEmpty();
    again.close();
  }

  @Test
  void moreThreadsThanSessionsWait() throws Exception {
    Sessions sessions = new Sessions();
    Path library = sessions.counting(Interposed.in(folder)).file();
    // A collected callback would answer CKR_OK for a session that it has not opened.
    System.gc();
    Token token = open(library, "sessions", "2");
    ExecutorService threads = Executors.newFixedThreadPool(64);
    try {
      List<Future<byte[]>> all = new ArrayList<>();
      for (int i = 0; i < 640; i++) {
        all.add(threads.submit(() -> random(token, call())));
      }
      for (Future<byte[]> one : all) {
        assertThat(one.get()).hasSize(8);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sessions.most).isLessThanOrEqualTo(2);
    token.gate().close();
    assertThat(sessions.now).isZero();
  }

  @Test
  void aTokenWithoutAFreeSessionThrottles() throws Exception {
    Interposed library =
        Interposed.in(folder).at(Interposed.OPEN_SESSION, open -> CKR_SESSION_COUNT);
    Token token = open(library.file());
    BackendFailure failure = failure(() -> random(token, call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
    assertThat(failure).hasMessageContaining("Lower enclave.pkcs11.sessions");
    token.gate().close();
  }
}
