package dev.enclave.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.kit.http.Obstacle;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteRequestTest {

  private static final RemoteRequest READ = new RemoteRequest("kms:Sign", false, "key/one");
  private static final RemoteRequest CHANGE = new RemoteRequest("kms:CreateKey", true, "key/one");
  private static final ErrorTable TABLE =
      ErrorTable.of(
          """
          SLOW throttled THROTTLED: TooMany 429
            Send less.
          BROKEN ambiguous UNAVAILABLE: Internal \
              Down 5xx
            Look at its
            dashboard.
          BUSY transient INVALID_STATE: Busy
            It passes.
          EXPIRED passing ACCESS_DENIED: Expired
            Renew it.
          DENIED permanent ACCESS_DENIED: Denied
            Grant it.
          OTHER permanent REJECTED: other
            Look it up.
          UNNAMED permanent REJECTED: none
            Look at the proxy.
          """);
  private static final ErrorRule SLOW = TABLE.rule("SLOW");
  private static final ErrorRule DENIED = TABLE.rule("DENIED");
  private static final Reach REACH =
      new Reach("http://127.0.0.1:1", "kms.endpoint", "name it in kms.trusted", "the proxy");

  @ParameterizedTest
  @CsvSource({
    "TooMany, 1, THROTTLED, THROTTLED, THROTTLED",
    "Internal, 9, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "Down, 1, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "Busy, 9, TRANSIENT, TRANSIENT, INVALID_STATE",
    "Expired, 3, TRANSIENT, TRANSIENT, ACCESS_DENIED",
    "Expired, 4, PERMANENT, PERMANENT, ACCESS_DENIED",
    "Denied, 1, PERMANENT, PERMANENT, ACCESS_DENIED",
  })
  void isRefusedByTheRuleOfTheTable(
      String name, int attempt, FailureClass reading, FailureClass changing, FailureCode code) {
    ErrorRule rule = TABLE.find("Unknown", name).orElseThrow();
    assertThat(refused(READ, rule, name, attempt))
        .returns(reading, BackendFailure::failureClass)
        .returns(code, BackendFailure::code)
        .hasMessage("kms:Sign on key/one: it answered " + name + ". " + rule.advice());
    assertThat(refused(CHANGE, rule, name, attempt))
        .returns(changing, BackendFailure::failureClass)
        .returns(code, BackendFailure::code);
  }

  private static BackendFailure refused(
      RemoteRequest request, ErrorRule rule, String name, int attempt) {
    return request.refused(rule, "it answered " + name, Optional.empty(), attempt);
  }

  @Test
  void findsNoRule_forANameThatIsUnknown() {
    assertThat(TABLE.find("", "Unknown")).isEmpty();
    assertThat(TABLE.rules()).hasSize(7).startsWith(SLOW).contains(DENIED);
  }

  @ParameterizedTest
  @CsvSource({
    "429, Unknown, SLOW",
    "429, Denied, DENIED",
    "503, '', BROKEN",
    "400, Unknown, OTHER",
    "400, '', UNNAMED"
  })
  void judgesByTheStatus_whereNoNameIsKnown(int status, String name, String rule) {
    assertThat(TABLE.of(status, "", name)).isEqualTo(TABLE.rule(rule));
  }

  @Test
  void writesAdviceOnOneLine() {
    assertThat(TABLE.rule("BROKEN").advice()).isEqualTo("Look at its dashboard.");
  }

  @Test
  void hasNoTable_inWhichANameMeansTwoThings() {
    String twice =
        "ONE permanent REJECTED: Denied\n  No.\nTWO throttled THROTTLED: Denied\n  Wait.";
    assertThatThrownBy(() -> ErrorTable.of(twice)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 3600})
  void waitsAsLongAsTheServiceAsks(long seconds) {
    Duration wait = Duration.ofSeconds(seconds);
    assertThat(READ.refused(SLOW, "no", Optional.of(wait), 1).retryAfter()).contains(wait);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 3601})
  void doesNotWait_asLongAsNobodyWould(long seconds) {
    assertThat(READ.refused(SLOW, "no", Optional.of(Duration.ofSeconds(seconds)), 1).retryAfter())
        .isEmpty();
  }

  @Test
  void changedNothing_whenItWasNotSent() {
    assertThat(CHANGE.notSent("nobody listens there", Obstacle.REFUSED, REACH))
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .returns(FailureCode.UNAVAILABLE, BackendFailure::code)
        .returns(
            "kms:CreateKey on key/one was not sent to http://127.0.0.1:1: nobody listens there.",
            BackendFailure::observed)
        .returns(
            Optional.of(
                "Correct host and port in kms.endpoint, or start what is to listen there; else"
                    + " check the proxy."),
            BackendFailure::advice);
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOWN_HOST, Correct the host's name in kms.endpoint",
    "REFUSED, Correct host and port in kms.endpoint",
    "CERTIFICATE, name it in kms.trusted",
    "NO_TLS, write http://",
    "OTHER, 'Check the network, the proxy.'",
  })
  void advisesByTheObstacle(Obstacle obstacle, String advice) {
    assertThat(READ.notSent("no", obstacle, REACH).advice().orElseThrow()).contains(advice);
  }

  @Test
  void mayHaveChangedSomething_whenTheAnswerWasLost() {
    assertThat(CHANGE.late())
        .returns(FailureClass.AMBIGUOUS, BackendFailure::failureClass)
        .returns(FailureCode.TIMEOUT, BackendFailure::code);
    assertThat(CHANGE.lost("the connection broke"))
        .returns(FailureClass.AMBIGUOUS, BackendFailure::failureClass)
        .returns(FailureCode.UNAVAILABLE, BackendFailure::code);
    assertThat(READ.late()).returns(FailureClass.TRANSIENT, BackendFailure::failureClass);
    assertThat(READ.lost("the connection broke"))
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .hasMessage(
            "kms:Sign on key/one: the connection broke. Look at the network, and at proxies that"
                + " meddle.");
    assertThat(READ.lost("the connection broke", REACH).advice().orElseThrow())
        .contains("if the server speaks TLS, write https:// in kms.endpoint");
  }

  @Test
  void namesItsSubject_howeverItFails() {
    assertThat(READ.refused(DENIED, "no", Optional.empty(), 1).names()).containsExactly("key/one");
    assertThat(READ.notSent("no", Obstacle.OTHER, REACH).names())
        .containsExactly("key/one", REACH.place());
    assertThat(READ.late().names()).containsExactly("key/one");
    assertThat(READ.lost("no").names()).containsExactly("key/one");
  }
}
