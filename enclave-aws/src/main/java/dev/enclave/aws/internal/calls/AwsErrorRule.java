package dev.enclave.aws.internal.calls;

import static dev.enclave.spi.FailureClass.AMBIGUOUS;
import static dev.enclave.spi.FailureClass.PERMANENT;
import static dev.enclave.spi.FailureClass.THROTTLED;
import static dev.enclave.spi.FailureClass.TRANSIENT;

import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What AWS's error codes mean, of KMS and STS. Codes decide, never a message's text. From the
 * "Errors" sections of the AWS KMS API Reference and the AWS STS API Reference, and their "Common
 * Error Types".
 */
public enum AwsErrorRule {
  THROTTLE(
      THROTTLED,
      THROTTLED,
      FailureCode.THROTTLED,
      "Send less, or ask AWS for a higher request quota.",
      "ThrottlingException",
      "Throttling",
      "ThrottledException",
      "RequestThrottled",
      "RequestThrottledException",
      "RequestLimitExceeded",
      "TooManyRequestsException",
      "BandwidthLimitExceeded",
      "SlowDown"),
  KEY_UNAVAILABLE(
      TRANSIENT,
      TRANSIENT,
      FailureCode.UNAVAILABLE,
      "KMS cannot reach the key at the moment; nothing happened.",
      "KeyUnavailableException"),
  SERVICE(
      TRANSIENT,
      AMBIGUOUS,
      FailureCode.UNAVAILABLE,
      "AWS failed on its side. If it lasts, look at the AWS Health Dashboard.",
      "KMSInternalException",
      "KMSInternal",
      "DependencyTimeoutException",
      "DependencyTimeout",
      "InternalFailure",
      "InternalError",
      "InternalServerError",
      "ServiceUnavailable",
      "ServiceUnavailableException",
      "RequestTimeout",
      "RequestTimeoutException",
      "IDPCommunicationError"),
  EXPIRED(
      TRANSIENT,
      TRANSIENT,
      FailureCode.ACCESS_DENIED,
      "The credentials have expired; new ones are fetched. If it stays so, renew what they come"
          + " from.",
      "ExpiredTokenException",
      "ExpiredToken"),
  CLOCK(
      TRANSIENT,
      TRANSIENT,
      FailureCode.MISCONFIGURED,
      "AWS's clock and this machine's differ by minutes. Set this machine's by NTP.",
      "RequestTimeTooSkewed",
      "RequestExpired",
      "RequestInTheFuture"),
  IDENTITY(
      PERMANENT,
      PERMANENT,
      FailureCode.ACCESS_DENIED,
      "AWS does not know these credentials. Check where they come from, and that the region is"
          + " enabled for the account.",
      "UnrecognizedClientException",
      "InvalidClientTokenId",
      "InvalidAccessKeyId",
      "InvalidSignatureException",
      "SignatureDoesNotMatch",
      "IncompleteSignature",
      "IncompleteSignatureException",
      "MissingAuthenticationToken",
      "MissingAuthenticationTokenException",
      "AuthFailure",
      "NotAuthorized",
      "OptInRequired",
      "InvalidIdentityToken",
      "IDPRejectedClaim"),
  DENIED(
      PERMANENT,
      PERMANENT,
      FailureCode.ACCESS_DENIED,
      "Allow it in the policies concerned: of the role, of the key, of the VPC endpoint. enclave"
          + " doctor --iam prints what the role needs.",
      "AccessDeniedException",
      "AccessDenied"),
  NOT_FOUND(
      PERMANENT,
      PERMANENT,
      FailureCode.NOT_FOUND,
      "Check the name, the account and the region.",
      "NotFoundException"),
  EXISTS(
      PERMANENT,
      PERMANENT,
      FailureCode.ALREADY_EXISTS,
      "Use what is there, or take another name.",
      "AlreadyExistsException"),
  STATE(
      PERMANENT,
      PERMANENT,
      FailureCode.INVALID_STATE,
      "Look at the key's state: disabled, pending deletion or pending import.",
      "DisabledException",
      "KMSInvalidStateException",
      "CustomKeyStoreInvalidStateException",
      "CloudHsmClusterInvalidConfigurationException",
      "CloudHsmClusterNotActiveException"),
  CONCURRENT(
      TRANSIENT,
      TRANSIENT,
      FailureCode.INVALID_STATE,
      "Another change of the key is under way; nothing happened.",
      "ConflictException"),
  QUOTA(
      PERMANENT,
      PERMANENT,
      FailureCode.LIMIT_EXCEEDED,
      "Delete what is not needed, or ask AWS for a higher quota.",
      "LimitExceededException",
      "ServiceQuotaExceededException"),
  DAMAGED(
      PERMANENT,
      PERMANENT,
      FailureCode.CORRUPT,
      "What was to be decrypted is damaged, or was encrypted by another key or for another"
          + " purpose.",
      "InvalidCiphertextException",
      "IncorrectKeyException"),
  USAGE(
      PERMANENT,
      PERMANENT,
      FailureCode.UNSUPPORTED,
      "This kind of KMS key cannot do that.",
      "InvalidKeyUsageException",
      "UnsupportedOperationException"),
  REGION_OFF(
      PERMANENT,
      PERMANENT,
      FailureCode.MISCONFIGURED,
      "STS is off in this region. Switch it on for the account, or choose another region.",
      "RegionDisabledException"),
  OTHER(
      PERMANENT, PERMANENT, FailureCode.REJECTED, "Look up the code in the AWS KMS API Reference.");

  private static final Map<String, AwsErrorRule> BY_CODE =
      Arrays.stream(values())
          .flatMap(rule -> rule.codes.stream().map(code -> Map.entry(code, rule)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final FailureClass reading;
  private final FailureClass changing;
  private final FailureCode failureCode;
  private final String advice;

  @SuppressWarnings("ImmutableEnumChecker") // List.of: the type does not say so.
  private final List<String> codes;

  AwsErrorRule(
      FailureClass reading,
      FailureClass changing,
      FailureCode failureCode,
      String advice,
      String... codes) {
    this.reading = reading;
    this.changing = changing;
    this.failureCode = failureCode;
    this.advice = advice;
    this.codes = List.of(codes);
  }

  /**
   * The rule for an answer. An error code that is not known is judged by its status: AWS may add
   * codes, but not change what 429 and 5xx mean.
   */
  public static AwsErrorRule of(String errorCode, int status) {
    AwsErrorRule known = BY_CODE.get(errorCode);
    if (known != null) {
      return known;
    }
    if (status == 429) {
      return THROTTLE;
    }
    return status >= 500 ? SERVICE : OTHER;
  }

  /** Error codes of AWS. */
  public List<String> codes() {
    return codes;
  }

  /** What it means for the next attempt. */
  public FailureClass failureClass(boolean changes) {
    return changes ? changing : reading;
  }

  /** What went wrong, in the engine's words. */
  public FailureCode failureCode() {
    return failureCode;
  }

  /** What to do. */
  public String advice() {
    return advice;
  }

  /** The same failure of this kind again and again is none that passes. */
  boolean passesOnceOnly() {
    return this == EXPIRED || this == CLOCK;
  }
}
