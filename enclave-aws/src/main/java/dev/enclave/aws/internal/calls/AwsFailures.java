package dev.enclave.aws.internal.calls;

import dev.enclave.aws.internal.credentials.RefreshingCredentials.NoneException;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.kit.Reach;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.http.CertificateTrust;
import dev.enclave.spi.BackendFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
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

  /**
   * What AWS's error codes mean, of KMS and STS; of one that is not known the status decides: AWS
   * may add codes, but not change what 429 and 5xx mean. From the "Errors" sections of the AWS KMS
   * API Reference and the AWS STS API Reference, and their "Common Error Types".
   */
  public static final ErrorTable TABLE =
      ErrorTable.of(
          """
          THROTTLE throttled THROTTLED: ThrottlingException Throttling ThrottledException \
              RequestThrottled RequestThrottledException RequestLimitExceeded \
              TooManyRequestsException BandwidthLimitExceeded SlowDown 429
            Send less, or ask AWS for a higher request quota.
          KEY_UNAVAILABLE transient UNAVAILABLE: KeyUnavailableException
            KMS cannot reach the key at the moment; nothing happened.
          SERVICE ambiguous UNAVAILABLE: KMSInternalException KMSInternal \
              DependencyTimeoutException DependencyTimeout InternalFailure InternalError \
              InternalServerError ServiceUnavailable ServiceUnavailableException RequestTimeout \
              RequestTimeoutException IDPCommunicationError 5xx
            AWS failed on its side. If it lasts, look at the AWS Health Dashboard.
          EXPIRED passing ACCESS_DENIED: ExpiredTokenException ExpiredToken
            The credentials have expired; new ones are fetched. If it stays so, renew what they come
            from.
          CLOCK passing MISCONFIGURED: RequestTimeTooSkewed RequestExpired RequestInTheFuture
            AWS's clock and this machine's differ by minutes. Set this machine's by NTP.
          SIGNATURE permanent ACCESS_DENIED: InvalidSignatureException SignatureDoesNotMatch \
              IncompleteSignature IncompleteSignatureException
            Correct the secret access key, which does not belong to the access key id, where both
            come from; or the region, if the endpoint is another one's.
          IDENTITY permanent ACCESS_DENIED: UnrecognizedClientException InvalidClientTokenId \
              InvalidAccessKeyId MissingAuthenticationToken MissingAuthenticationTokenException \
              AuthFailure NotAuthorized OptInRequired InvalidIdentityToken IDPRejectedClaim
            AWS does not know these credentials. Correct the access key id where it comes from, or
            the session token; and see that the region is enabled for the account.
          DENIED permanent ACCESS_DENIED: AccessDeniedException AccessDenied
            Allow it in the policies concerned: of the role, of the key, of the VPC endpoint.
            enclave doctor --iam prints what the role needs.
          NOT_FOUND permanent NOT_FOUND: NotFoundException
            Check the name, the account and the region.
          EXISTS permanent ALREADY_EXISTS: AlreadyExistsException
            Use what is there, or take another name.
          STATE permanent INVALID_STATE: DisabledException KMSInvalidStateException \
              CustomKeyStoreInvalidStateException CloudHsmClusterInvalidConfigurationException \
              CloudHsmClusterNotActiveException
            Look at the key's state: disabled, pending deletion or pending import.
          CONCURRENT transient INVALID_STATE: ConflictException
            Another change of the key is under way; nothing happened.
          QUOTA permanent LIMIT_EXCEEDED: LimitExceededException ServiceQuotaExceededException
            Delete what is not needed, or ask AWS for a higher quota.
          DAMAGED permanent CORRUPT: InvalidCiphertextException IncorrectKeyException
            What was to be decrypted is damaged, or was encrypted by another key or for another
            purpose.
          USAGE permanent UNSUPPORTED: InvalidKeyUsageException UnsupportedOperationException
            This kind of KMS key cannot do that.
          REGION_OFF permanent MISCONFIGURED: RegionDisabledException
            STS is off in this region. Switch it on for the account, or choose another region.
          IMPORT_ENDED passing INVALID_STATE: ExpiredImportTokenException
            The import token is over; the next attempt fetches another.
          MATERIAL permanent REJECTED: IncorrectKeyMaterialException InvalidImportTokenException
            KMS does not take the private key for this KMS key: it is of another kind or length, or
            another one than was imported before. Nothing was imported. Check that the backup is one
            of a key of this algorithm.
          OTHER permanent REJECTED: other
            Look up the code in the AWS KMS API Reference.
          UNNAMED permanent REJECTED: none
            The answer names no error, so it may not be AWS's. Look at what stands between: a proxy,
            a gateway, or another server at enclave.aws-kms.endpoint.
          """);

  static final String BROKEN = Texts.NO_ANSWER_OF_AWS.with();

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
    NoneException credentials = CertificateTrust.inChain(thrown, NoneException.class);
    if (credentials != null) {
      return credentials.failure().naming(request.subject());
    }
    if (isLate(thrown)) {
      return request.late();
    }
    SentWatch.NoAnswer none = CertificateTrust.inChain(thrown, SentWatch.NoAnswer.class);
    if (none == null) {
      return request.lost(BROKEN);
    }
    String endpoint = request.operation().startsWith("sts:") ? "sts-endpoint" : "endpoint";
    return request.unanswered(
        none.silent,
        new Reach(
            none.place,
            Texts.SETTINGS_OF_ENDPOINT.with(endpoint),
            Texts.TRUST_CERTIFICATE.with(),
            Texts.PRIVATE_ENDPOINT.with()));
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
    ErrorRule rule = TABLE.of(answer.statusCode(), errorCode);
    if ((rule.equals(TABLE.rule("SIGNATURE")) || rule.equals(TABLE.rule("IDENTITY")))
        && clocksDiffer(answer)) {
      // The SDK has noted the difference and signs the next request by AWS's clock.
      rule = TABLE.rule("CLOCK");
    }
    String named = PLAIN.matcher(errorCode).matches() ? errorCode : Texts.AN_ERROR.with();
    String observed = Texts.AWS_ANSWERED.with(named, answer.statusCode());
    Optional<Duration> wait = retryAfter(answer);
    if (wait.isEmpty() && rule.equals(TABLE.rule("THROTTLE")) && KmsOperation.fewASecond(request)) {
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

  /** Whether AWS says that credentials have expired. */
  public static boolean expired(AwsServiceException answer) {
    return TABLE.of(answer.statusCode(), errorCode(answer)).equals(TABLE.rule("EXPIRED"));
  }

  /** The error code of AWS; empty if the answer had none. */
  static String errorCode(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static Optional<Duration> retryAfter(AwsServiceException answer) {
    return Optional.ofNullable(answer.awsErrorDetails())
        .map(AwsErrorDetails::sdkHttpResponse)
        .flatMap(head -> head.firstMatchingHeader("Retry-After"))
        .filter(value -> value.matches("[0-9]{1,4}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)));
  }
}
