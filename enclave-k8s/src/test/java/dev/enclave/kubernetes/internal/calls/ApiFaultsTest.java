package dev.enclave.kubernetes.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.internal.listening.HeldPort;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.kubernetes.internal.connect.ApiServer;
import dev.enclave.kubernetes.internal.connect.Credential;
import dev.enclave.kubernetes.internal.connect.Token;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a broken API server answers, or does not, for the next attempt. Its answers are scripted.
 */
class ApiFaultsTest {

  private static final ApiRequest READ = ApiRequest.get("payments", "enclave-signer-key");
  private static final ApiRequest WRITE =
      ApiRequest.update("payments", "enclave-signer-key", Map.of("kind", "Secret"));

  private static final Script READY = says(200, "text/plain", "ok");

  /** One answer. */
  private interface Script {
    void answer(HttpExchange exchange) throws IOException;
  }

  private final List<String> tokens = new ArrayList<>(List.of("first-token"));
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final ConcurrentLinkedQueue<Script> scripts = new ConcurrentLinkedQueue<>();
  private HttpServer server = HttpServer.create();
  private ApiCalls calls = calls();

  ApiFaultsTest() throws IOException {}

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.getRequestBody().readAllBytes();
          scripts.remove().answer(exchange);
        });
    server.start();
    calls = calls();
  }

  @AfterEach
  void stop() {
    calls.gate().close();
    server.stop(0);
  }

  private ApiCalls calls() {
    Credential credential =
        new Credential() {
          @Override
          public Optional<Token> token() {
            String text = tokens.size() > 1 ? tokens.remove(0) : tokens.get(0);
            return Optional.of(new Token(text, Optional.empty()));
          }

          @Override
          public String named() {
            return "the token in a test";
          }

          @Override
          public String renewal() {
            return "Take another";
          }

          @Override
          public List<Finding> findings() {
            return List.of();
          }
        };
    String url =
        "http://127.0.0.1:" + (server.getAddress() == null ? 1 : server.getAddress().getPort());
    return new ApiCalls(
        new ApiServer(
            url,
            BoundedHttp.noTls(),
            credential,
            "payments",
            "payments",
            new ApiServer.Source("a test", "trust it", "ca.crt", false)),
        Pod.REAL_TIME);
  }

  private static Script says(int status, String type, String body, String... headers) {
    return exchange -> {
      byte[] octets = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", type);
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
      exchange.getResponseBody().write(octets);
      exchange.close();
    };
  }

  private static Script status(int status, String reason) {
    return says(
        status,
        "application/json",
        "{\"kind\":\"Status\",\"reason\":\"" + reason + "\",\"message\":\"secret words\"}");
  }

  private BackendFailure failure(ApiRequest request) {
    return failure(request, Pod.call());
  }

  private BackendFailure failure(ApiRequest request, CallContext call) {
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> calls.send(request, call));
    assertThat(failure).isNotNull();
    assertThat(failure).message().doesNotContain("secret words", "first-token", "Bearer");
    return failure;
  }

  @ParameterizedTest
  @CsvSource({
    "400, BadRequest, PERMANENT, PERMANENT, REJECTED",
    "401, Unauthorized, TRANSIENT, TRANSIENT, ACCESS_DENIED",
    "403, Forbidden, PERMANENT, PERMANENT, ACCESS_DENIED",
    "404, NotFound, PERMANENT, PERMANENT, NOT_FOUND",
    "409, Conflict, PERMANENT, PERMANENT, CONFLICT",
    "409, AlreadyExists, PERMANENT, PERMANENT, ALREADY_EXISTS",
    "410, Expired, PERMANENT, PERMANENT, REJECTED",
    "413, RequestEntityTooLarge, PERMANENT, PERMANENT, LIMIT_EXCEEDED",
    "418, , PERMANENT, PERMANENT, REJECTED",
    "422, Invalid, PERMANENT, PERMANENT, REJECTED",
    "429, TooManyRequests, THROTTLED, THROTTLED, THROTTLED",
    "500, InternalError, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "500, ServerTimeout, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "502, , TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "503, ServiceUnavailable, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "504, Timeout, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "302, , PERMANENT, PERMANENT, REJECTED"
  })
  void sortsAnswers(
      int status, String reason, FailureClass reading, FailureClass changing, FailureCode code) {
    String named = reason == null ? "" : reason;
    for (int i = 0; i < 2; i++) {
      scripts.add(status(status, named));
      if (status == 403) {
        scripts.add(READY);
      }
    }
    BackendFailure read = failure(READ);
    assertThat(read.failureClass()).isEqualTo(reading);
    assertThat(read.code()).isEqualTo(code);
    assertThat(read).hasMessageContaining("Secret payments/enclave-signer-key");
    assertThat(failure(WRITE).failureClass()).isEqualTo(changing);
  }

  @Test
  void waitsAsLongAsFlowControlAsks_whichAnswersInPlainText() {
    scripts.add(says(429, "text/plain", "Too many requests", "Retry-After", "7"));
    BackendFailure failure = failure(WRITE);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
    assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(7));
  }

  @Test
  void namesTheRuleThatIsMissing() {
    scripts.add(status(403, "Forbidden"));
    scripts.add(READY);
    assertThat(failure(WRITE))
        .hasMessageContaining(
            "{apiGroups: [\"\"], resources: [secrets], verbs: [update], resourceNames:"
                + " [enclave-signer-key]}");
  }

  /** As kube-apiserver 1.20.2 answers for some milliseconds, before it has read its roles. */
  @ParameterizedTest
  @CsvSource({"403, Forbidden", "500, "})
  void asksAgain_whenAServerThatForbidsIsNotReady(int ready, String reason) {
    scripts.add(status(403, "Forbidden"));
    scripts.add(status(ready, reason == null ? "" : reason));
    BackendFailure failure = failure(WRITE);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure).hasMessageContaining("does not say that it is ready");
    scripts.add(status(403, "Forbidden"));
    scripts.add(status(ready, reason == null ? "" : reason));
    CallContext fourth =
        CallContext.of("call", 4, Deadline.in(Duration.ofMinutes(1), Pod.REAL_TIME), Pod.REAL_TIME);
    assertThat(failure(WRITE, fourth).failureClass()).isEqualTo(FailureClass.PERMANENT);
  }

  @Test
  void repeatsOnceWithATokenThatWasReplacedMeanwhile() throws BackendFailure {
    tokens.add("second-token");
    scripts.add(status(401, "Unauthorized"));
    scripts.add(says(200, "application/json", "{\"kind\":\"Secret\"}"));
    assertThat(calls.send(WRITE, Pod.call())).containsEntry("kind", "Secret");
    assertThat(asked).containsExactly("Bearer first-token", "Bearer second-token");
  }

  @Test
  void doesNotRepeatWithTheSameToken() {
    scripts.add(status(401, "Unauthorized"));
    assertThat(failure(READ)).hasMessageContaining("to the token in a test");
    assertThat(asked).hasSize(1);
  }

  @Test
  void doesNotKnowWhatBecameOfAWrite_whoseAnswerIsLost() {
    scripts.add(HttpExchange::close);
    BackendFailure failure = failure(WRITE);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
  }

  @Test
  void readsAgain_whenAnAnswerIsNoJson() {
    scripts.add(says(200, "text/html", "<html>secret words</html>"));
    assertThat(failure(READ).failureClass()).isEqualTo(FailureClass.TRANSIENT);
    scripts.add(says(200, "application/json", "{\"kind\":\"Secret\",\"kind\":\"Secret\"}"));
    assertThat(failure(WRITE).failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
  }

  @Tag("full")
  @Test
  void isLate_whenNoAnswerComesBeforeTheDeadline() {
    CountDownLatch end = new CountDownLatch(1);
    BackendFailure failure;
    Duration within = Duration.ofMillis(300);
    do {
      scripts.add(
          exchange -> {
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            exchange.close();
          });
      failure =
          failure(
              WRITE, CallContext.of("call", 1, Deadline.in(within, Pod.REAL_TIME), Pod.REAL_TIME));
      // A busy machine may not even have sent it by then.
      within = within.multipliedBy(4);
    } while (asked.isEmpty());
    end.countDown();
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
  }

  @Test
  void hasSentNothing_whenNobodyListens() throws IOException {
    int port = server.getAddress().getPort();
    server.stop(0);
    // Or somebody else might listen there by then.
    try (HeldPort held = HeldPort.take("127.0.0.1", port)) {
      BackendFailure failure = failure(WRITE);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("was not sent");
      assertThat(held.number()).isEqualTo(port);
    }
  }

  @Test
  void refusesAnAnswerThatIsTooLong() {
    scripts.add(says(200, "application/json", "{\"a\":\"" + "x".repeat(5 << 20) + "\"}"));
    assertThat(failure(READ)).hasMessageContaining("longer than");
  }

  @Test
  void tellsTheIdOfTheRequest() throws BackendFailure {
    scripts.add(says(200, "application/json", "{}", "Audit-Id", "0f0f-1"));
    List<String> ids = new ArrayList<>();
    calls.send(
        READ,
        CallContext.of(
            "call", 1, Deadline.in(Duration.ofMinutes(1), Pod.REAL_TIME), Pod.REAL_TIME, ids::add));
    assertThat(ids).containsExactly("0f0f-1");
  }

  /** The server of the JDK dates its answers, as a real one does. */
  @Test
  void tellsTheTimeOfTheApiServer_asAnswersAndRefusalsCarryIt() throws Exception {
    List<Instant> told = new ArrayList<>();
    CallContext call = Pod.call().withProviderTimes(told::add);
    scripts.add(says(200, "application/json", "{}"));
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    calls.send(READ, call);
    scripts.add(status(404, "NotFound"));
    failure(READ, call);

    assertThat(told).hasSize(2).allMatch(at -> !at.isBefore(before));
  }
}
