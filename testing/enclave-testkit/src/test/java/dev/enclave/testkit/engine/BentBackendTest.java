package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine makes of a backend that breaks its contract. */
class BentBackendTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final KeySpec<SigningKey> KEY =
      KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);

  @Test
  void recordsAnOutcome_whenTheBackendDiesOfAnError() {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      bent.before(
          "sign",
          () -> {
            throw new StackOverflowError();
          });
      assertThatThrownBy(() -> key.sign(MESSAGE)).isInstanceOf(StackOverflowError.class);
      everyIntentHasItsOutcome();
      assertThat(bench.audit.outcomes())
          .last()
          .satisfies(e -> assertThat(e.errorCode()).contains(ErrorCode.INTERNAL));
    }
  }

  @Test
  void saysUnknown_whenAChangeDiesOfAnError() {
    try (Enclave enclave = bench.open()) {
      bent.after(
          "create",
          () -> {
            throw new StackOverflowError();
          });
      assertThatThrownBy(() -> enclave.createKey(KEY)).isInstanceOf(StackOverflowError.class);
      everyIntentHasItsOutcome();
      assertThat(bench.audit.outcomes())
          .last()
          .satisfies(e -> assertThat(e.result()).isEqualTo(Result.UNKNOWN));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "com/example/Sdk                             | com.example.Sdk",
        "Could not initialize class com.example.Sdk  | com.example.Sdk",
        "'void com.example.Sdk.call(java.util.List)' | com.example.Sdk.call",
        "wrong-password                              | a class"
      })
  void namesTheClassThatIsMissing_andSaysThatVersionsDoNotBelongTogether(
      String said, String named) {
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.createKey(KEY);
      bent.before(
          "sign",
          () -> {
            throw said.startsWith("'")
                ? new NoSuchMethodError(said)
                : new NoClassDefFoundError(said);
          });
      assertThat(refused(ErrorCode.BACKEND_CONTRACT, () -> key.sign(MESSAGE)))
          .contains(": " + named + " is missing", "do not belong together")
          .doesNotContain("author");
      everyIntentHasItsOutcome();
    }
  }

  @Test
  @SuppressWarnings("NullAway")
  void callsNullABrokenContract() {
    try (Enclave enclave = bench.open()) {
      bent.answering("create", snapshot -> null);
      refused(ErrorCode.BACKEND_CONTRACT, () -> enclave.createKey(KEY));
      everyIntentHasItsOutcome();
    }
  }

  @Test
  void closesTheOtherBackendsAndTheLog_whenOneFailsToClose() {
    AtomicBoolean closed = new AtomicBoolean();
    BentProvider other = new BentProvider("other").before("close", () -> closed.set(true));
    bent.before(
        "close",
        () -> {
          throw new IllegalStateException("as the test wants");
        });
    Bench two = Bench.in("production").set("enclave.backend", "bent").with(bent).with(other);
    Enclave enclave = two.open();
    enclave.createKey(KEY.on(other.id()));
    enclave.close();
    assertThat(closed).isTrue();
    assertThat(two.audit.closed()).isTrue();
  }

  @Test
  void recordsWhatIsUnderWay_beforeTheLogIsClosed() throws Exception {
    CountDownLatch signing = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Enclave enclave = bench.open();
    SigningKey key = enclave.createKey(KEY);
    bent.after(
        "sign",
        () -> {
          signing.countDown();
          await(closed);
        });
    Future<?> signature = pool.submit(() -> key.sign(MESSAGE));
    await(signing);
    Future<?> closing = pool.submit(enclave::close);
    while (accepts(key)) {
      Thread.onSpinWait();
    }
    closed.countDown();
    signature.get(1, TimeUnit.MINUTES);
    closing.get(1, TimeUnit.MINUTES);
    pool.shutdown();
    everyIntentHasItsOutcome();
    assertThat(bench.audit.closed()).isTrue();
  }

  private static boolean accepts(SigningKey key) {
    try {
      key.info();
      return true;
    } catch (UsageException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.CLOSED);
      return false;
    }
  }

  @Test
  void closesABackendThatIsNotWhatItSays() {
    AtomicBoolean closed = new AtomicBoolean();
    bent.before("close", () -> closed.set(true));
    bent.describing(d -> d.withAuthority("two\nlines"));
    refused(ErrorCode.BACKEND_CONTRACT, bench::open);
    assertThat(closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"createsOnOpening", "open", "health", "close"})
  void diagnosesWithoutFailing_whateverTheProviderThrows(String call) {
    bent.before(
        call,
        () -> {
          throw new IllegalStateException("as the test wants");
        });
    Diagnosis diagnosis = bench.builder().diagnose();
    assertThat(diagnosis.health().healthy()).isEqualTo(call.equals("close"));
  }

  @Test
  void diagnosesWithoutFailing_whenTheBackendCannotDescribeItself() {
    bent.describing(
        d -> {
          throw new IllegalStateException("as the test wants");
        });
    assertThat(bench.builder().diagnose().health().healthy()).isFalse();
    refused(ErrorCode.BACKEND_CONTRACT, bench::open);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void everyIntentHasItsOutcome() {
    List<String> intents = bench.audit.intents().stream().map(AuditEvent::operationId).toList();
    assertThat(bench.audit.outcomes())
        .extracting(AuditEvent::operationId)
        .containsExactlyInAnyOrderElementsOf(intents);
  }
}
