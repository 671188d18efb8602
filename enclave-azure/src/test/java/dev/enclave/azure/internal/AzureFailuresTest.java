package dev.enclave.azure.internal;

import static dev.enclave.spi.FailureClass.AMBIGUOUS;
import static dev.enclave.spi.FailureClass.PERMANENT;
import static dev.enclave.spi.FailureClass.THROTTLED;
import static dev.enclave.spi.FailureClass.TRANSIENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.kit.ErrorRule;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real SDK makes of a vault's refusals, in the engine's words. */
class AzureFailuresTest {

  private static final String SECRET = "words of the vault";
  private static final AzureOperation READ = AzureOperation.SIGN;
  private static final AzureOperation CHANGE = AzureOperation.CREATE_KEY;

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
  }

  /** A refusal, and what it means; spelled out, since the table's own mistakes would pass else. */
  private record Row(
      int status,
      String code,
      String inner,
      FailureClass reading,
      FailureClass changing,
      FailureCode failureCode) {}

  /** One answer for each row of the table, as Key Vault's documentation shows them. */
  private static final Map<ErrorRule, Row> ROWS =
      Map.ofEntries(
          Map.entry(
              AzureErrors.TABLE.rule("THROTTLE"),
              new Row(429, "Throttled", "", THROTTLED, THROTTLED, FailureCode.THROTTLED)),
          Map.entry(
              AzureErrors.TABLE.rule("SERVICE"),
              new Row(
                  500, "InternalServerError", "", TRANSIENT, AMBIGUOUS, FailureCode.UNAVAILABLE)),
          Map.entry(
              AzureErrors.TABLE.rule("SIGNED_OUT"),
              new Row(401, "Unauthorized", "", TRANSIENT, TRANSIENT, FailureCode.ACCESS_DENIED)),
          Map.entry(
              AzureErrors.TABLE.rule("CLOCK"),
              new Row(401, "Unauthorized", "", TRANSIENT, TRANSIENT, FailureCode.MISCONFIGURED)),
          Map.entry(
              AzureErrors.TABLE.rule("OFF"), forbidden("KeyDisabled", FailureCode.INVALID_STATE)),
          Map.entry(
              AzureErrors.TABLE.rule("NOT_YET"),
              forbidden("KeyNotYetValid", FailureCode.INVALID_STATE)),
          Map.entry(
              AzureErrors.TABLE.rule("OVER"), forbidden("KeyExpired", FailureCode.INVALID_STATE)),
          Map.entry(
              AzureErrors.TABLE.rule("FIREWALL"),
              forbidden("ForbiddenByFirewall", FailureCode.ACCESS_DENIED)),
          Map.entry(
              AzureErrors.TABLE.rule("OPERATION"),
              forbidden("KeyOperationForbidden", FailureCode.UNSUPPORTED)),
          Map.entry(
              AzureErrors.TABLE.rule("DENIED"),
              forbidden("ForbiddenByRbac", FailureCode.ACCESS_DENIED)),
          Map.entry(
              AzureErrors.TABLE.rule("NOT_FOUND"),
              permanent(404, "KeyNotFound", "", FailureCode.NOT_FOUND)),
          Map.entry(
              AzureErrors.TABLE.rule("DELETED"),
              permanent(
                  409, "Conflict", "ObjectIsDeletedButRecoverable", FailureCode.ALREADY_EXISTS)),
          Map.entry(
              AzureErrors.TABLE.rule("MOVING"),
              new Row(
                  409,
                  "Conflict",
                  "ObjectIsBeingDeleted",
                  TRANSIENT,
                  TRANSIENT,
                  FailureCode.INVALID_STATE)),
          Map.entry(
              AzureErrors.TABLE.rule("CONFLICTING"),
              new Row(409, "Conflict", "", TRANSIENT, TRANSIENT, FailureCode.INVALID_STATE)),
          Map.entry(
              AzureErrors.TABLE.rule("QUOTA"),
              permanent(400, "KeyVersionLimitExceeded", "", FailureCode.LIMIT_EXCEEDED)),
          Map.entry(
              AzureErrors.TABLE.rule("BAD"),
              permanent(400, "BadParameter", "", FailureCode.REJECTED)),
          Map.entry(
              AzureErrors.TABLE.rule("OTHER"),
              permanent(400, "SomethingNew", "", FailureCode.REJECTED)),
          Map.entry(
              AzureErrors.TABLE.rule("UNNAMED"), permanent(400, "", "", FailureCode.REJECTED)));

  private static Row forbidden(String inner, FailureCode failureCode) {
    return permanent(403, "Forbidden", inner, failureCode);
  }

  private static Row permanent(int status, String code, String inner, FailureCode failureCode) {
    return new Row(status, code, inner, PERMANENT, PERMANENT, failureCode);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void reachesEachRowOfTheTable(ErrorRule rule) throws BackendFailure {
    Row row = Objects.requireNonNull(ROWS.get(rule), "no answer for " + rule);
    refuse(row.status(), row.code(), row.inner(), clocksApart(rule));
    for (AzureOperation operation : new AzureOperation[] {READ, CHANGE}) {
      assertThat(failure(operation, 1))
          .returns(
              operation.on("it").changes() ? row.changing() : row.reading(), f -> f.failureClass())
          .returns(row.failureCode(), f -> f.code())
          .hasNoCause()
          .hasMessageContainingAll(
              operation.permission(), "the subject", "HTTP " + row.status(), rule.advice())
          .hasMessageContaining(row.inner().isEmpty() ? row.code() : row.inner())
          .hasMessageNotContaining(SECRET);
    }
  }

  private Duration clocksApart(ErrorRule rule) {
    return rule.equals(AzureErrors.TABLE.rule("CLOCK")) ? Duration.ofMinutes(5) : Duration.ZERO;
  }

  static Stream<ErrorRule> rules() {
    return AzureErrors.TABLE.rules().stream();
  }

  static Stream<Arguments> codes() {
    return rules().flatMap(rule -> rule.names().stream().map(code -> Arguments.of(code, rule)));
  }

  @ParameterizedTest
  @MethodSource("codes")
  void judgesEachCode_inEitherPlace(String code, ErrorRule rule) throws BackendFailure {
    for (String outer : new String[] {code, "SomethingNew"}) {
      refuse(400, outer, outer.equals(code) ? "" : code, Duration.ZERO);
      for (AzureOperation operation : new AzureOperation[] {READ, CHANGE}) {
        assertThat(failure(operation, 1))
            .returns(rule.failureClass(operation.on("it").changes()), f -> f.failureClass())
            .returns(rule.code(), f -> f.code())
            .hasMessageContainingAll(code, "HTTP 400", rule.advice());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Forbidden, KeyDisabled, 403, PERMANENT, PERMANENT, INVALID_STATE",
    "KeyDisabled, SomethingNew, 403, PERMANENT, PERMANENT, INVALID_STATE",
    "SomethingNew, SomethingNewer, 403, PERMANENT, PERMANENT, ACCESS_DENIED",
    "'', '', 403, PERMANENT, PERMANENT, ACCESS_DENIED",
    "SomethingNew, '', 401, TRANSIENT, TRANSIENT, ACCESS_DENIED",
    "SomethingNew, '', 404, PERMANENT, PERMANENT, NOT_FOUND",
    "SomethingNew, '', 409, TRANSIENT, TRANSIENT, INVALID_STATE",
    "SomethingNew, '', 429, THROTTLED, THROTTLED, THROTTLED",
    "SomethingNew, '', 500, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "ServiceUnavailable, '', 503, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "SomethingNew, '', 599, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "SomethingNew, '', 418, PERMANENT, PERMANENT, REJECTED",
  })
  void judgesByTheInnerCode_thenTheCode_thenTheStatus(
      String code,
      String inner,
      int status,
      FailureClass reading,
      FailureClass changing,
      FailureCode failureCode)
      throws BackendFailure {
    refuse(status, code, inner, Duration.ZERO);
    assertThat(failure(READ, 1))
        .returns(reading, f -> f.failureClass())
        .returns(failureCode, f -> f.code());
    assertThat(failure(CHANGE, 1))
        .returns(changing, f -> f.failureClass())
        .returns(failureCode, f -> f.code());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void givesUp_whenNewTokensAreRefusedToo(int minutesApart) throws BackendFailure {
    refuse(401, "Unauthorized", "", Duration.ofMinutes(minutesApart));
    assertThat(failure(READ, 3)).returns(TRANSIENT, f -> f.failureClass());
    assertThat(failure(READ, 4)).returns(PERMANENT, f -> f.failureClass());
  }

  @Test
  void judgesByTheStatus_whereAGatewayAnswersWithAPage() throws BackendFailure {
    bench.refuse("GetKey", 502, "<html>" + SECRET, Map.of("Content-Type", "text/html"));
    assertThat(failure(CHANGE, 1))
        .returns(AMBIGUOUS, f -> f.failureClass())
        .returns(FailureCode.UNAVAILABLE, f -> f.code())
        .hasMessageContaining("HTTP 502")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void aConflictThatSaysNotWhyIsRepeatedThreeTimes_andNotCalledAnotherChange()
      throws BackendFailure {
    refuse(409, "Conflict", "", Duration.ZERO);
    assertThat(failure(CHANGE, 3).failureClass()).isEqualTo(TRANSIENT);
    assertThat(failure(CHANGE, 4))
        .returns(PERMANENT, f -> f.failureClass())
        .hasMessageContaining("does not say why")
        .hasMessageContaining("list-deleted");
  }

  @Test
  void whatNamesNoErrorIsNotToBeLookedUp() throws BackendFailure {
    bench.refuse("GetKey", 400, "<html>" + SECRET, Map.of("Content-Type", "text/html"));
    assertThat(failure(READ, 1))
        .returns(FailureCode.REJECTED, f -> f.code())
        .hasMessageContaining("names no error")
        .hasMessageNotContaining("Look up");
  }

  private void refuse(int status, String code, String inner, Duration clocksApart) {
    String body =
        "{\"error\":{\"code\":\"%s\",\"message\":\"%s\",\"innererror\":{\"code\":\"%s\"}}}"
            .formatted(code, SECRET, inner);
    bench.refuse(
        "GetKey",
        status,
        body,
        Map.of(
            "Date",
            DateTimeFormatter.RFC_1123_DATE_TIME.format(
                bench.clock.now().plus(clocksApart).atOffset(ZoneOffset.UTC))));
  }

  /** Whatever it is called, the vault is asked for a key. */
  private BackendFailure failure(AzureOperation operation, int attempt) throws BackendFailure {
    CallContext call =
        CallContext.of(
            UUID.randomUUID().toString(),
            attempt,
            Deadline.in(Duration.ofMinutes(1), bench.clock),
            bench.clock);
    return new AzureCalls(bench.session)
        .tried(operation, "the subject", call, session -> session.keys().getKey("wallet"))
        .failure()
        .orElseThrow();
  }
}
