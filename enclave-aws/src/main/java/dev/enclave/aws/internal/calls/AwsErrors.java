package dev.enclave.aws.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.spi.FailureCode;

/**
 * What AWS's error codes mean, of KMS and STS. Codes decide, never a message's text. From the
 * "Errors" sections of the AWS KMS API Reference and the AWS STS API Reference, and their "Common
 * Error Types".
 */
public final class AwsErrors {

  public static final ErrorRule THROTTLE =
      ErrorRule.throttled(
          "Send less, or ask AWS for a higher request quota.",
          "ThrottlingException",
          "Throttling",
          "ThrottledException",
          "RequestThrottled",
          "RequestThrottledException",
          "RequestLimitExceeded",
          "TooManyRequestsException",
          "BandwidthLimitExceeded",
          "SlowDown");

  public static final ErrorRule KEY_UNAVAILABLE =
      ErrorRule.transientFailure(
          FailureCode.UNAVAILABLE,
          "KMS cannot reach the key at the moment; nothing happened.",
          "KeyUnavailableException");

  public static final ErrorRule SERVICE =
      ErrorRule.ambiguous(
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
          "IDPCommunicationError");

  public static final ErrorRule EXPIRED =
      ErrorRule.transientFailure(
              FailureCode.ACCESS_DENIED,
              "The credentials have expired; new ones are fetched. If it stays so, renew what they"
                  + " come from.",
              "ExpiredTokenException",
              "ExpiredToken")
          .forAFewAttempts();

  public static final ErrorRule CLOCK =
      ErrorRule.transientFailure(
              FailureCode.MISCONFIGURED,
              "AWS's clock and this machine's differ by minutes. Set this machine's by NTP.",
              "RequestTimeTooSkewed",
              "RequestExpired",
              "RequestInTheFuture")
          .forAFewAttempts();

  public static final ErrorRule SIGNATURE =
      ErrorRule.permanent(
          FailureCode.ACCESS_DENIED,
          "Correct the secret access key, which does not belong to the access key id, where both"
              + " come from; or the region, if the endpoint is another one's.",
          "InvalidSignatureException",
          "SignatureDoesNotMatch",
          "IncompleteSignature",
          "IncompleteSignatureException");

  public static final ErrorRule IDENTITY =
      ErrorRule.permanent(
          FailureCode.ACCESS_DENIED,
          "AWS does not know these credentials. Correct the access key id where it comes from, or"
              + " the session token; and see that the region is enabled for the account.",
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidAccessKeyId",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "AuthFailure",
          "NotAuthorized",
          "OptInRequired",
          "InvalidIdentityToken",
          "IDPRejectedClaim");

  public static final ErrorRule DENIED =
      ErrorRule.permanent(
          FailureCode.ACCESS_DENIED,
          "Allow it in the policies concerned: of the role, of the key, of the VPC endpoint."
              + " enclave doctor --iam prints what the role needs.",
          "AccessDeniedException",
          "AccessDenied");

  public static final ErrorRule NOT_FOUND =
      ErrorRule.permanent(
          FailureCode.NOT_FOUND,
          "Check the name, the account and the region.",
          "NotFoundException");

  public static final ErrorRule EXISTS =
      ErrorRule.permanent(
          FailureCode.ALREADY_EXISTS,
          "Use what is there, or take another name.",
          "AlreadyExistsException");

  public static final ErrorRule STATE =
      ErrorRule.permanent(
          FailureCode.INVALID_STATE,
          "Look at the key's state: disabled, pending deletion or pending import.",
          "DisabledException",
          "KMSInvalidStateException",
          "CustomKeyStoreInvalidStateException",
          "CloudHsmClusterInvalidConfigurationException",
          "CloudHsmClusterNotActiveException");

  public static final ErrorRule CONCURRENT =
      ErrorRule.transientFailure(
          FailureCode.INVALID_STATE,
          "Another change of the key is under way; nothing happened.",
          "ConflictException");

  public static final ErrorRule QUOTA =
      ErrorRule.permanent(
          FailureCode.LIMIT_EXCEEDED,
          "Delete what is not needed, or ask AWS for a higher quota.",
          "LimitExceededException",
          "ServiceQuotaExceededException");

  public static final ErrorRule DAMAGED =
      ErrorRule.permanent(
          FailureCode.CORRUPT,
          "What was to be decrypted is damaged, or was encrypted by another key or for another"
              + " purpose.",
          "InvalidCiphertextException",
          "IncorrectKeyException");

  public static final ErrorRule USAGE =
      ErrorRule.permanent(
          FailureCode.UNSUPPORTED,
          "This kind of KMS key cannot do that.",
          "InvalidKeyUsageException",
          "UnsupportedOperationException");

  public static final ErrorRule REGION_OFF =
      ErrorRule.permanent(
          FailureCode.MISCONFIGURED,
          "STS is off in this region. Switch it on for the account, or choose another region.",
          "RegionDisabledException");

  public static final ErrorRule OTHER =
      ErrorRule.permanent(FailureCode.REJECTED, "Look up the code in the AWS KMS API Reference.");

  /** What has no code at all; {@link #OTHER} has one that is not known. */
  public static final ErrorRule UNNAMED =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "The answer names no error, so it may not be AWS's. Look at what stands between: a proxy,"
              + " a gateway, or another server at enclave.aws-kms.endpoint.");

  public static final ErrorRule IMPORT_ENDED =
      ErrorRule.transientFailure(
              FailureCode.INVALID_STATE,
              "The import token is over; the next attempt fetches another.",
              "ExpiredImportTokenException")
          .forAFewAttempts();

  public static final ErrorRule MATERIAL =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "KMS does not take the private key for this KMS key: it is of another kind or length, or"
              + " another one than was imported before. Nothing was imported. Check that the backup"
              + " is one of a key of this algorithm.",
          "IncorrectKeyMaterialException",
          "InvalidImportTokenException");

  /** All of them. */
  public static final ErrorTable TABLE =
      ErrorTable.of(
          THROTTLE,
          KEY_UNAVAILABLE,
          SERVICE,
          EXPIRED,
          CLOCK,
          SIGNATURE,
          IDENTITY,
          DENIED,
          NOT_FOUND,
          EXISTS,
          STATE,
          CONCURRENT,
          QUOTA,
          DAMAGED,
          USAGE,
          REGION_OFF,
          IMPORT_ENDED,
          MATERIAL,
          OTHER,
          UNNAMED);

  private AwsErrors() {}

  /**
   * The rule for an answer. An error code that is not known is judged by its status: AWS may add
   * codes, but not change what 429 and 5xx mean.
   */
  public static ErrorRule of(String errorCode, int status) {
    return TABLE
        .find(errorCode)
        .orElseGet(
            () ->
                status == 429
                    ? THROTTLE
                    : status >= 500 ? SERVICE : errorCode.isEmpty() ? UNNAMED : OTHER);
  }
}
