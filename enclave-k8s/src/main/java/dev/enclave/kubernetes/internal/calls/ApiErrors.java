package dev.enclave.kubernetes.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.spi.FailureCode;

/**
 * What the reasons of the API server's {@code Status} mean ({@code k8s.io/apimachinery}, {@code
 * meta/v1/types.go}), and HTTP statuses where there is no reason: what stands before the API server
 * answers in other words, and its own flow control in plain text.
 */
final class ApiErrors {

  private static final ErrorRule SERVER =
      ErrorRule.ambiguous(
          FailureCode.UNAVAILABLE,
          "The API server, its etcd or an admission webhook failed. Look at the control plane.",
          "InternalError",
          "ServiceUnavailable",
          "StoreReadError",
          "Unknown",
          "HTTP 5xx");

  private static final ErrorRule OTHER =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "Look at the API server's audit log, and at admission webhooks and policies.",
          "BadRequest",
          "NotAcceptable",
          "UnsupportedMediaType",
          "MethodNotAllowed",
          "HTTP 4xx");

  private static final ErrorRule STRANGER =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "Something else than an API server answers there. Look at what stands before it.");

  static final ErrorRule NO_NAMESPACE =
      ErrorRule.permanent(
          FailureCode.MISCONFIGURED,
          "Create the namespace, or correct enclave.kubernetes.namespace.");

  static final ErrorRule ENDING =
      ErrorRule.permanent(
          FailureCode.REJECTED,
          "A deletion of a namespace is not undone, and takes all its keys: back up what can still"
              + " be read (enclave keys backup), and restore it in another namespace.");

  private static final ErrorTable TABLE =
      ErrorTable.of(
          SERVER,
          OTHER,
          ErrorRule.permanent(
              FailureCode.NOT_FOUND, "Check the name and the namespace.", "NotFound", "HTTP 404"),
          ErrorRule.permanent(
              FailureCode.ALREADY_EXISTS,
              "Use what is there, or take another name.",
              "AlreadyExists"),
          ErrorRule.permanent(
              FailureCode.CONFLICT,
              "Somebody wrote it meanwhile. Read it anew.",
              "Conflict",
              "HTTP 409"),
          ErrorRule.permanent(
              FailureCode.REJECTED, "List from the beginning.", "Gone", "Expired", "HTTP 410"),
          ErrorRule.permanent(
              FailureCode.LIMIT_EXCEEDED,
              "It is too long for the API server or for what stands before it. Destroy old"
                  + " versions.",
              "RequestEntityTooLarge",
              "HTTP 413"),
          ErrorRule.permanent(
              FailureCode.REJECTED,
              "The API server finds the Secret wrong: is it immutable, or longer than 1 MiB?",
              "Invalid",
              "HTTP 422"),
          ErrorRule.throttled(
              "The API server's flow control holds this service account back. Send less, or give"
                  + " its priority level more.",
              "TooManyRequests",
              "HTTP 429"),
          ErrorRule.ambiguous(
              FailureCode.UNAVAILABLE,
              "The API server did not come to an end in its own time. Look at etcd.",
              "ServerTimeout",
              "Timeout",
              "HTTP 504"));

  private ApiErrors() {}

  /** The rule for an answer that is no success. */
  static ErrorRule of(String reason, int status) {
    if (status < 400) {
      return STRANGER;
    }
    return TABLE
        .find(reason, "HTTP " + status, status < 500 ? "HTTP 4xx" : "HTTP 5xx")
        .orElse(STRANGER);
  }

  /**
   * For a credential that is nobody's to the API server; also for a valid token, while the server
   * has just started and knows no account yet.
   *
   * @param renewal what replaces the credential
   * @param ended whether it has ended
   */
  static ErrorRule unauthorized(String renewal, boolean ended) {
    return ErrorRule.transientFailure(
            FailureCode.ACCESS_DENIED,
            renewal
                + "."
                + (ended
                    ? ""
                    : " If it has not ended and its account is still there, it is another"
                        + " cluster's or for another audience: take a token of this cluster, for"
                        + " the audience of its API server."))
        .forAFewAttempts();
  }

  /**
   * For a missing permission, with the rule that gives it.
   *
   * @param starting whether the API server knows its roles yet
   */
  static ErrorRule denied(ApiRequest request, boolean starting) {
    String advice =
        "Add to a Role of the service account: "
            + request.role()
            + ". If it has that, look at the namespace's quotas and admission policies.";
    return starting
        ? ErrorRule.transientFailure(FailureCode.ACCESS_DENIED, advice).forAFewAttempts()
        : ErrorRule.permanent(FailureCode.ACCESS_DENIED, advice);
  }
}
