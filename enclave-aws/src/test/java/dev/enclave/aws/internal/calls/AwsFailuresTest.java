package dev.enclave.aws.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.aws.internal.FakeAws;
import dev.enclave.aws.internal.LoopbackServer.Reply;
import dev.enclave.aws.internal.Openings;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;

/** What the real client makes of real answers, in the engine's words. */
final class AwsFailuresTest {

  private static final int CONNECTIONS_FROM_BEFORE = 5;
  private static final RemoteRequest READ =
      new RemoteRequest("kms:Sign", false, "key alias/enclave/x");
  private static final RemoteRequest CHANGE =
      new RemoteRequest("kms:CreateKey", true, "key alias/enclave/x");

  private final FakeAws aws = new FakeAws();

  @AfterEach
  void stop() {
    aws.close();
    // The SDK keeps what it learned of a clock for the whole process.
    SdkGlobalTime.setGlobalTimeOffset(0);
  }

  static Stream<Arguments> codes() {
    return AwsFailures.TABLE.rules().stream()
        .flatMap(rule -> rule.names().stream().map(code -> Arguments.of(code, rule)));
  }

  @ParameterizedTest
  @MethodSource("codes")
  void judgesEachErrorCodeOfTheTable(String code, ErrorRule rule) throws Exception {
    aws.answering("ListKeys", asked -> FakeAws.refusal(400, code));
    for (RemoteRequest request : new RemoteRequest[] {READ, CHANGE}) {
      assertThat(failed(request, 1))
          .returns(rule.failureClass(request.changes()), f -> f.failureClass())
          .returns(rule.code(), f -> f.code())
          .returns(Optional.of("0f0f0f0f-1111-2222-3333-444444444444"), f -> f.providerRequestId())
          .hasNoCause()
          .hasMessageContainingAll(request.operation(), "alias/enclave/x", code, "HTTP 400")
          .hasMessageNotContaining(FakeAws.SECRET);
    }
  }

  /** The cases that matter most, spelled out: the table's own mistakes would pass above. */
  @ParameterizedTest
  @CsvSource({
    "ThrottlingException, 400, THROTTLED, THROTTLED, THROTTLED",
    "TooManyRequestsException, 429, THROTTLED, THROTTLED, THROTTLED",
    "KMSInternalException, 500, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "DependencyTimeoutException, 503, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "KeyUnavailableException, 500, TRANSIENT, TRANSIENT, UNAVAILABLE",
    "ExpiredTokenException, 400, TRANSIENT, TRANSIENT, ACCESS_DENIED",
    "AccessDeniedException, 400, PERMANENT, PERMANENT, ACCESS_DENIED",
    "UnrecognizedClientException, 400, PERMANENT, PERMANENT, ACCESS_DENIED",
    "InvalidSignatureException, 400, PERMANENT, PERMANENT, ACCESS_DENIED",
    "NotFoundException, 400, PERMANENT, PERMANENT, NOT_FOUND",
    "AlreadyExistsException, 400, PERMANENT, PERMANENT, ALREADY_EXISTS",
    "DisabledException, 400, PERMANENT, PERMANENT, INVALID_STATE",
    "KMSInvalidStateException, 400, PERMANENT, PERMANENT, INVALID_STATE",
    "LimitExceededException, 400, PERMANENT, PERMANENT, LIMIT_EXCEEDED",
    "InvalidCiphertextException, 400, PERMANENT, PERMANENT, CORRUPT",
    "IncorrectKeyException, 400, PERMANENT, PERMANENT, CORRUPT",
    "InvalidKeyUsageException, 400, PERMANENT, PERMANENT, UNSUPPORTED",
    "ValidationException, 400, PERMANENT, PERMANENT, REJECTED",
    "SomethingNewException, 400, PERMANENT, PERMANENT, REJECTED",
    "SomethingNewException, 429, THROTTLED, THROTTLED, THROTTLED",
    "SomethingNewException, 500, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "SomethingNewException, 599, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
  })
  void judgesByCodeThenByStatus(
      String code, int status, FailureClass reading, FailureClass changing, FailureCode failureCode)
      throws Exception {
    aws.answering("ListKeys", asked -> FakeAws.refusal(status, code));
    assertThat(failed(READ, 1))
        .returns(reading, f -> f.failureClass())
        .returns(failureCode, f -> f.code());
    assertThat(failed(CHANGE, 1))
        .returns(changing, f -> f.failureClass())
        .returns(failureCode, f -> f.code());
  }

  @Test
  void whatNamesNoErrorIsNotToBeLookedUp() throws Exception {
    aws.answering("ListKeys", asked -> FakeAws.refusal(400, ""));
    assertThat(failed(READ, 1))
        .returns(FailureCode.REJECTED, f -> f.code())
        .hasMessageContaining("names no error")
        .hasMessageNotContaining("Look up");
  }

  @Test
  void saysHowLongToWait_whenAwsDoes() throws Exception {
    aws.answering(
        "ListKeys", asked -> FakeAws.refusal(400, "ThrottlingException", "Retry-After: 7"));
    assertThat(failed(READ, 1).retryAfter()).contains(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "99999999999999999999", "7200", "soon", ""})
  void doesNotWait_asLongAsNobodyWould(String wait) throws Exception {
    aws.answering(
        "ListKeys", asked -> FakeAws.refusal(400, "ThrottlingException", "Retry-After: " + wait));
    assertThat(failed(READ, 1).retryAfter()).isEmpty();
  }

  @Test
  void givesUp_whenNewCredentialsHaveExpiredToo() throws Exception {
    aws.answering("ListKeys", asked -> FakeAws.refusal(400, "ExpiredTokenException"));
    assertThat(failed(READ, 3)).returns(FailureClass.TRANSIENT, f -> f.failureClass());
    assertThat(failed(READ, 4))
        .returns(FailureClass.PERMANENT, f -> f.failureClass())
        .returns(FailureCode.ACCESS_DENIED, f -> f.code());
  }

  @Test
  void blamesTheClock_andSignsByAwsOwn_whenTheSignatureIsRefusedForIt() throws Exception {
    aws.answering(
        "ListKeys",
        asked ->
            FakeAws.refusal(
                400, "InvalidSignatureException", "Date: Wed, 01 Jan 2020 00:00:00 GMT"));
    try (AwsSession session = Openings.at(aws).open()) {
      assertThat(failure(session.kms(), READ, 1))
          .returns(FailureClass.TRANSIENT, f -> f.failureClass())
          .returns(FailureCode.MISCONFIGURED, f -> f.code())
          .hasMessageContaining("NTP");
      assertThat(aws.server().asked().get(1).header("X-Amz-Date")).doesNotStartWith("2020");
      assertThat(failure(session.kms(), READ, 4))
          .returns(FailureClass.PERMANENT, f -> f.failureClass());
      assertThat(aws.server().asked().get(2).header("X-Amz-Date")).startsWith("20200101T");
    }
  }

  /**
   * The SDK keeps the difference for the whole process, whoever told it: a machine whose clock is
   * right then signs by a wrong one.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Signature expired: 20200101T000000Z is now earlier than 20260101T000000Z",
        "Signature not yet current: 20300101T000000Z is still later than 20260101T000000Z"
      })
  void blamesTheClock_whenAwsSaysSo_thoughThisMachinesIsRight(String message) throws Exception {
    aws.answering(
        "ListKeys",
        asked ->
            FakeAws.json(
                403, "{\"__type\":\"SignatureDoesNotMatch\",\"message\":\"" + message + "\"}"));

    assertThat(failed(READ, 1))
        .returns(FailureClass.TRANSIENT, f -> f.failureClass())
        .returns(FailureCode.MISCONFIGURED, f -> f.code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset", "truncated", "garbage", "empty"})
  void doesNotKnow_whenTheAnswerWasLost(String kind) throws Exception {
    aws.answering("ListKeys", asked -> lost(kind));
    assertThat(failed(READ, 1))
        .returns(FailureClass.TRANSIENT, f -> f.failureClass())
        .returns(FailureCode.UNAVAILABLE, f -> f.code());
    assertThat(failed(CHANGE, 1))
        .returns(FailureClass.AMBIGUOUS, f -> f.failureClass())
        .returns(FailureCode.UNAVAILABLE, f -> f.code())
        .hasNoCause()
        .hasMessageNotContaining(FakeAws.SECRET);
  }

  private static Reply lost(String kind) {
    return switch (kind) {
      case "truncated" -> FakeAws.json(200, "{\"Keys\":[{\"KeyId\":\"" + FakeAws.SECRET);
      case "garbage" -> FakeAws.json(200, FakeAws.SECRET);
      case "empty" -> new Reply("HTTP/1.1 200 OK\r\n", true);
      default -> Reply.RESET;
    };
  }

  @Test
  void doesNotKnow_whenTheDeadlinePassedAfterTheRequestHadLeft() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    aws.answering(
        "ListKeys",
        asked -> {
          await(never);
          return Reply.RESET;
        });
    try (AwsSession session = Openings.at(aws).open()) {
      SdkException late =
          catchThrowableOfType(
              SdkException.class,
              () ->
                  session
                      .kms()
                      .listKeys(
                          r ->
                              r.overrideConfiguration(
                                  c -> c.apiCallTimeout(Duration.ofMillis(300)))));
      assertThat(AwsFailures.of(READ, late, 1))
          .returns(FailureClass.TRANSIENT, f -> f.failureClass())
          .returns(FailureCode.TIMEOUT, f -> f.code());
      assertThat(AwsFailures.of(CHANGE, late, 1))
          .returns(FailureClass.AMBIGUOUS, f -> f.failureClass())
          .returns(FailureCode.TIMEOUT, f -> f.code());
    } finally {
      never.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void knowsThatNothingHappened_whenNobodyListens() throws Exception {
    try (AwsSession session = Openings.at(aws).open()) {
      aws.close();
      // Connections from before may answer once more, or break; they are used up first.
      for (int i = 0; i < CONNECTIONS_FROM_BEFORE; i++) {
        Throwable unused = catchThrowable(session.kms()::listKeys);
      }
      assertThat(failure(session.kms(), CHANGE, 1))
          .returns(FailureClass.TRANSIENT, f -> f.failureClass())
          .returns(FailureCode.UNAVAILABLE, f -> f.code())
          .hasMessageContainingAll("was not sent", "nobody listens");
    }
  }

  @Test
  void knowsThatNothingHappened_whenTheNameIsUnknown() {
    assertThat(Openings.at(aws).with("sts-endpoint", "http://sts.invalid").failure())
        .returns(FailureClass.TRANSIENT, f -> f.failureClass())
        .returns(FailureCode.UNAVAILABLE, f -> f.code())
        .hasMessageContaining("host name");
  }

  @Test
  void knowsThatNothingHappened_whenTlsFails() {
    assertThat(
            Openings.at(aws).with("sts-endpoint", aws.url().replace("http:", "https:")).failure())
        .returns(FailureClass.TRANSIENT, f -> f.failureClass())
        .returns(FailureCode.UNAVAILABLE, f -> f.code())
        .hasMessageContaining("TLS");
  }

  private BackendFailure failed(RemoteRequest request, int attempt) throws BackendFailure {
    try (AwsSession session = Openings.at(aws).open()) {
      return failure(session.kms(), request, attempt);
    }
  }

  private static BackendFailure failure(KmsClient kms, RemoteRequest request, int attempt) {
    SdkException thrown = catchThrowableOfType(SdkException.class, kms::listKeys);
    assertThat(thrown).isNotNull();
    return AwsFailures.of(request, thrown, attempt);
  }
}
