package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What gRPC throws, in the engine's words, and nothing of Google's. */
class GcpFailuresTest {

  private static final String CANARY = "canary-4711";
  private static final String KEY = "projects/p/locations/l/keyRings/r/cryptoKeys/k";

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "INTERNAL, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "UNKNOWN, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "CANCELLED, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "DATA_LOSS, TRANSIENT, AMBIGUOUS, UNAVAILABLE",
    "DEADLINE_EXCEEDED, TRANSIENT, AMBIGUOUS, TIMEOUT",
    "ABORTED, TRANSIENT, TRANSIENT, UNAVAILABLE",
    "RESOURCE_EXHAUSTED, THROTTLED, THROTTLED, THROTTLED",
    "UNAUTHENTICATED, TRANSIENT, TRANSIENT, ACCESS_DENIED",
    "PERMISSION_DENIED, PERMANENT, PERMANENT, ACCESS_DENIED",
    "NOT_FOUND, PERMANENT, PERMANENT, NOT_FOUND",
    "ALREADY_EXISTS, PERMANENT, PERMANENT, ALREADY_EXISTS",
    "FAILED_PRECONDITION, PERMANENT, PERMANENT, INVALID_STATE",
    "INVALID_ARGUMENT, PERMANENT, PERMANENT, REJECTED",
    "OUT_OF_RANGE, PERMANENT, PERMANENT, REJECTED",
    "UNIMPLEMENTED, PERMANENT, PERMANENT, UNSUPPORTED"
  })
  void judgesByStatus(
      Status.Code status, FailureClass reading, FailureClass changing, FailureCode code) {
    BackendFailure read = of(GcpOperation.SIGN, KEY, thrown(status), true, 1);
    BackendFailure changed = of(GcpOperation.CREATE_KEY, KEY, thrown(status), true, 1);
    assertThat(read.failureClass()).isEqualTo(reading);
    assertThat(changed.failureClass()).isEqualTo(changing);
    assertThat(read.code()).isEqualTo(code);
    assertThat(changed.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @EnumSource(Status.Code.class)
  void repeatsNothingOfGoogles_andKeepsNoCause(Status.Code status) {
    BackendFailure failure =
        of(
            GcpOperation.SIGN,
            KEY,
            thrown(status, ErrorInfo.newBuilder().setReason(CANARY).setDomain(CANARY).build()),
            true,
            1);
    assertThat(failure).hasNoCause().hasMessageNotContaining(CANARY);
    assertThat(failure.getMessage()).contains("AsymmetricSign on " + KEY).endsWith(".");
  }

  @Test
  void aDeadlineThatIsNotTheCallsIsOneOfGoogles() {
    StatusRuntimeException thrown = thrown(Status.Code.DEADLINE_EXCEEDED);
    Duration left = Duration.ofSeconds(3);
    BackendFailure read = GcpFailures.of(GcpOperation.SIGN, KEY, thrown, Optional.empty(), 1, left);
    BackendFailure changed =
        GcpFailures.of(GcpOperation.CREATE_KEY, KEY, thrown, Optional.empty(), 1, left);
    assertThat(read.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(read.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(read.getMessage()).contains("DEADLINE_EXCEEDED", "on its side");
    assertThat(changed.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(changed.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
  }

  @Test
  void whatWasNotSentHasChangedNothing() {
    assertThat(
            of(GcpOperation.CREATE_KEY, KEY, thrown(Status.Code.UNAVAILABLE), false, 1)
                .failureClass())
        .isEqualTo(FailureClass.TRANSIENT);
  }

  @Test
  void anApiThatIsOffIsAMatterOfConfiguration() {
    BackendFailure failure =
        of(
            GcpOperation.SIGN,
            KEY,
            thrown(
                Status.Code.PERMISSION_DENIED,
                ErrorInfo.newBuilder().setReason("SERVICE_DISABLED").build()),
            true,
            1);
    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("(SERVICE_DISABLED)");
  }

  @Test
  void aWrongArgumentIsAdvisedUponByWhatWasAsked() {
    StatusRuntimeException wrong = thrown(Status.Code.INVALID_ARGUMENT);
    assertThat(of(GcpOperation.IMPORT_VERSION, KEY, wrong, true, 1))
        .hasMessageContaining("does not take the private key")
        .hasMessageNotContaining("Check the names");
    assertThat(of(GcpOperation.CREATE_KEY, KEY, wrong, true, 1))
        .hasMessageContaining("Take another algorithm, or a location");
    assertThat(of(GcpOperation.GET_KEY, KEY, wrong, true, 1))
        .hasMessageContaining("Check the names")
        .hasMessageNotContaining("HSM");
    assertThat(
            of(GcpOperation.IMPORT_VERSION, KEY, thrown(Status.Code.FAILED_PRECONDITION), true, 1))
        .returns(FailureCode.INVALID_STATE, BackendFailure::code)
        .hasMessageContaining("import job's state");
  }

  @Test
  void comesBackWhenGoogleSays_butNotInHours() {
    assertThat(retryAfter(3)).contains(Duration.ofSeconds(3));
    assertThat(retryAfter(100_000)).isEmpty();
    assertThat(retryAfter(-1)).isEmpty();
  }

  private static java.util.Optional<Duration> retryAfter(long seconds) {
    return of(
            GcpOperation.SIGN,
            KEY,
            thrown(
                Status.Code.RESOURCE_EXHAUSTED,
                RetryInfo.newBuilder()
                    .setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(seconds))
                    .build()),
            true,
            1)
        .retryAfter();
  }

  @Test
  void aTokenIsForgivenThreeTimes() {
    for (int attempt = 1; attempt <= 4; attempt++) {
      assertThat(
              of(GcpOperation.SIGN, KEY, thrown(Status.Code.UNAUTHENTICATED), true, attempt)
                  .failureClass())
          .isEqualTo(attempt <= 3 ? FailureClass.TRANSIENT : FailureClass.PERMANENT);
    }
  }

  @Test
  void aDamagedRequestIsForgivenThreeTimes_andNothingElseThatIsWrong() {
    Status damaged =
        Status.INVALID_ARGUMENT.withDescription(
            "The checksum in field digest_crc32c did not match the data in field digest.");
    for (int attempt = 1; attempt <= 4; attempt++) {
      BackendFailure failure =
          of(GcpOperation.SIGN, KEY, damaged.asRuntimeException(), true, attempt);
      assertThat(failure.failureClass())
          .isEqualTo(attempt <= 3 ? FailureClass.TRANSIENT : FailureClass.PERMANENT);
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure).hasMessageContaining("damaged on its way");
    }
    Status other = damaged.withDescription("The field digest is wrong: " + CANARY);
    assertThat(of(GcpOperation.SIGN, KEY, other.asRuntimeException(), true, 1))
        .returns(FailureClass.PERMANENT, BackendFailure::failureClass)
        .returns(FailureCode.REJECTED, BackendFailure::code);
  }

  @Test
  void detailsThatAreNoneSayNothing() {
    Metadata trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
        "nonsense".getBytes(StandardCharsets.UTF_8));
    assertThat(
            of(
                    GcpOperation.SIGN,
                    KEY,
                    Status.PERMISSION_DENIED.asRuntimeException(trailers),
                    true,
                    1)
                .code())
        .isEqualTo(FailureCode.ACCESS_DENIED);
  }

  private static StatusRuntimeException thrown(Status.Code status, Message... details) {
    Metadata trailers = new Metadata();
    com.google.rpc.Status.Builder all = com.google.rpc.Status.newBuilder().setMessage(CANARY);
    for (Message detail : details) {
      all.addDetails(Any.pack(detail));
    }
    trailers.put(
        Metadata.Key.of(
            "grpc-status-details-bin",
            ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance())),
        all.build());
    return Status.fromCode(status).withDescription(CANARY).asRuntimeException(trailers);
  }

  /** When the call's time is up. */
  private static BackendFailure of(
      GcpOperation<?, ?> operation,
      String subject,
      StatusRuntimeException thrown,
      boolean sent,
      int attempt) {
    return GcpFailures.of(
        operation,
        subject,
        thrown,
        sent ? Optional.empty() : Optional.of("https://cloudkms.googleapis.com"),
        attempt,
        Duration.ZERO);
  }
}
