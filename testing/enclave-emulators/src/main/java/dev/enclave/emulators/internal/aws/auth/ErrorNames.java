package dev.enclave.emulators.internal.aws.auth;

import dev.enclave.emulators.internal.aws.common.AwsFailure;

/**
 * The same refusals under the names and statuses of each protocol.
 *
 * <p>JSON services answer with HTTP 400 and names ending in Exception (KMS API Reference, "Common
 * Errors"; the statuses are those that the AWS SDKs report for KMS). STS, a Query service, answers
 * with 403 (STS API Reference, "Common Errors").
 */
public enum ErrorNames {
  JSON(
      400,
      "MissingAuthenticationTokenException",
      "IncompleteSignatureException",
      "UnrecognizedClientException",
      "ExpiredTokenException",
      "InvalidSignatureException"),
  QUERY(
      403,
      "MissingAuthenticationToken",
      "IncompleteSignature",
      "InvalidClientTokenId",
      "ExpiredToken",
      "SignatureDoesNotMatch");

  private final int status;
  private final String missing;
  private final String incomplete;
  private final String unknown;
  private final String expired;
  private final String mismatch;

  ErrorNames(
      int status,
      String missing,
      String incomplete,
      String unknown,
      String expired,
      String mismatch) {
    this.status = status;
    this.missing = missing;
    this.incomplete = incomplete;
    this.unknown = unknown;
    this.expired = expired;
    this.mismatch = mismatch;
  }

  AwsFailure missingAuthentication() {
    return AwsFailure.of(missing, status, "Missing Authentication Token");
  }

  AwsFailure incompleteSignature(String seen) {
    return AwsFailure.of(incomplete, 400, seen);
  }

  AwsFailure unknownCredentials() {
    return AwsFailure.of(unknown, status, "The security token included in the request is invalid.");
  }

  AwsFailure expiredToken() {
    return AwsFailure.of(expired, status, "The security token included in the request is expired");
  }

  AwsFailure badSignature(String why) {
    return AwsFailure.of(mismatch, status, why);
  }
}
