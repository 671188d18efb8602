package dev.enclave.aws.internal.calls;

import dev.enclave.aws.internal.credentials.RefreshingCredentials.NoneException;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Reach;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.spi.BackendFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What the SDK threw, in the engine's words: by error code, status and whether the request was
 * sent. The texts of AWS and of the SDK stay out of it, since they may quote the request.
 */
public final class AwsFailures {

  private static final int LONGEST_CAUSE_CHAIN = 16;

  /** AWS says no more than that a request is throttled, and counts anew each second. */
  private static final Duration QUOTAS_INTERVAL = Duration.ofSeconds(1);

  /** How AWS begins the message (Signature Version 4, "troubleshooting", its time stamp). */
  private static final Pattern SIGNED_AT_A_WRONG_TIME =
      Pattern.compile("Signature (expired|not yet current)\\b");

  /** What may be quoted of a code or an id that a server has chosen. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

  private AwsFailures() {}

  /**
   * Translates a failed request.
   *
   * @param attempt which attempt of the operation it was, counted from 1
   */
  public static BackendFailure of(RemoteRequest request, SdkException thrown, int attempt) {
    if (thrown instanceof AwsServiceException answer) {
      return answered(request, answer, attempt);
    }
    NoneException credentials = inChain(thrown, NoneException.class);
    if (credentials != null) {
      return credentials.failure().naming(request.subject());
    }
    if (isLate(thrown)) {
      return request.late();
    }
    NoAnswerException none = inChain(thrown, NoAnswerException.class);
    String broken = "the connection broke, or what came is no answer of AWS";
    if (none == null) {
      return request.lost(broken);
    }
    Reach reach = reach(request, none.place());
    return none.sent()
        ? request.lost(broken, reach)
        : request.notSent(none.observed(), none.obstacle(), reach);
  }

  private static Reach reach(RemoteRequest request, String place) {
    boolean sts = request.operation().startsWith("sts:");
    return new Reach(
        place,
        "enclave.aws-kms." + (sts ? "sts-endpoint" : "endpoint") + " and enclave.aws-kms.region",
        "name it in enclave.aws-kms.trusted-certificate where the server is not AWS's own",
        "the VPC endpoint and its security group");
  }

  /** Whether it ended by the deadline, or since its thread was interrupted. */
  static boolean isLate(SdkException thrown) {
    return thrown instanceof ApiCallTimeoutException
        || thrown instanceof ApiCallAttemptTimeoutException
        || thrown instanceof AbortedException;
  }

  private static BackendFailure answered(
      RemoteRequest request, AwsServiceException answer, int attempt) {
    String errorCode = errorCode(answer);
    ErrorRule rule = AwsErrors.of(errorCode, answer.statusCode());
    if ((rule.equals(AwsErrors.SIGNATURE) || rule.equals(AwsErrors.IDENTITY))
        && clocksDiffer(answer)) {
      // The SDK has noted the difference and signs the next request by AWS's clock.
      rule = AwsErrors.CLOCK;
    }
    String observed =
        "AWS answered "
            + (PLAIN.matcher(errorCode).matches() ? errorCode : "an error")
            + " (HTTP "
            + answer.statusCode()
            + ")";
    Optional<Duration> wait = retryAfter(answer);
    if (wait.isEmpty()
        && rule.equals(AwsErrors.THROTTLE)
        && KmsOperation.fewASecond(request.operation())) {
      // Sooner it is throttled again, and the attempts are soon used up.
      wait = Optional.of(QUOTAS_INTERVAL);
    }
    BackendFailure failure = request.refused(rule, observed, wait, attempt);
    String requestId = answer.requestId();
    return requestId != null && PLAIN.matcher(requestId).matches()
        ? failure.withProviderRequestId(requestId)
        : failure;
  }

  /**
   * Whether the signature was refused for its time: AWS says so, or AWS's clock and this machine's
   * are far apart. Comparing them is not enough, since the SDK may have signed by a corrected
   * clock: it corrects the whole process's, also for another client's answer that was wrong.
   */
  private static boolean clocksDiffer(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String message = details == null ? null : details.errorMessage();
    return (message != null && SIGNED_AT_A_WRONG_TIME.matcher(message).lookingAt())
        || AwsServiceException.builder()
            .awsErrorDetails(details)
            .statusCode(answer.statusCode())
            .clockSkew(Duration.ZERO)
            .build()
            .isClockSkewException();
  }

  /** The error code of AWS; empty if the answer had none. */
  public static String errorCode(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }

  private static Optional<Duration> retryAfter(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    if (details == null || details.sdkHttpResponse() == null) {
      return Optional.empty();
    }
    return details
        .sdkHttpResponse()
        .firstMatchingHeader("Retry-After")
        .filter(value -> value.matches("[0-9]{1,4}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)));
  }

  private static <T extends Throwable> @Nullable T inChain(Throwable thrown, Class<T> kind) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < LONGEST_CAUSE_CHAIN; depth++) {
      if (kind.isInstance(cause)) {
        return kind.cast(cause);
      }
      cause = cause.getCause();
    }
    return null;
  }
}
