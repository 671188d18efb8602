package dev.enclave.kubernetes.internal.calls;

import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.kubernetes.internal.texts.Texts;

/**
 * What the reasons of the API server's {@code Status} mean ({@code k8s.io/apimachinery}, {@code
 * meta/v1/types.go}), and HTTP statuses where there is no reason: what stands before the API server
 * answers in other words, and its own flow control in plain text.
 */
final class ApiErrors {

  private static final ErrorTable TABLE =
      ErrorTable.of(
          """
          SERVER ambiguous UNAVAILABLE: InternalError ServiceUnavailable StoreReadError Unknown 5xx
            The API server, its etcd or an admission webhook failed. Look at the control plane.
          OTHER permanent REJECTED: BadRequest NotAcceptable UnsupportedMediaType \
              MethodNotAllowed 4xx
            Look at the API server's audit log, and at admission webhooks and policies.
          STRANGER permanent REJECTED: other none
            Something else than an API server answers there. Look at what stands before it.
          NO_NAMESPACE permanent MISCONFIGURED
            Create the namespace, or correct enclave.kubernetes.namespace.
          ENDING permanent REJECTED
            A deletion of a namespace is not undone, and takes all its keys: back up what can still
            be read (enclave keys backup), and restore it in another namespace.
          NOT_FOUND permanent NOT_FOUND: NotFound 404
            Check the name and the namespace.
          EXISTS permanent ALREADY_EXISTS: AlreadyExists
            Use what is there, or take another name.
          CONFLICT permanent CONFLICT: Conflict 409
            Somebody wrote it meanwhile. Read it anew.
          GONE permanent REJECTED: Gone Expired 410
            List from the beginning.
          TOO_LONG permanent LIMIT_EXCEEDED: RequestEntityTooLarge 413
            It is too long for the API server or for what stands before it. Destroy old versions.
          INVALID permanent REJECTED: Invalid 422
            The API server finds the Secret wrong: is it immutable, or longer than 1 MiB?
          THROTTLE throttled THROTTLED: TooManyRequests 429
            The API server's flow control holds this service account back. Send less, or give its
            priority level more.
          TIMEOUT ambiguous UNAVAILABLE: ServerTimeout Timeout 504
            The API server did not come to an end in its own time. Look at etcd.
          UNAUTHORIZED passing ACCESS_DENIED
            If it has not ended and its account is still there, it is another cluster's or for
            another audience: take a token of this cluster, for the audience of its API server.
          DENIED permanent ACCESS_DENIED
            If it has that, look at the namespace's quotas and admission policies.
          STARTING passing ACCESS_DENIED
            If it has that, look at the namespace's quotas and admission policies.
          """);

  static final ErrorRule NO_NAMESPACE = TABLE.rule("NO_NAMESPACE");
  static final ErrorRule ENDING = TABLE.rule("ENDING");

  private ApiErrors() {}

  /** The rule for an answer that is no success. */
  static ErrorRule of(String reason, int status) {
    return status < 400 ? TABLE.rule("STRANGER") : TABLE.of(status, reason);
  }

  /**
   * For a credential that is nobody's to the API server; also for a valid token, while the server
   * has just started and knows no account yet.
   *
   * @param renewal what replaces the credential
   * @param ended whether it has ended
   */
  static ErrorRule unauthorized(String renewal, boolean ended) {
    ErrorRule rule = TABLE.rule("UNAUTHORIZED");
    return rule.advising(renewal + (ended ? "." : ". " + rule.advice()));
  }

  /**
   * For a missing permission, with the rule that gives it.
   *
   * @param starting whether the API server knows its roles yet
   */
  static ErrorRule denied(ApiRequest request, boolean starting) {
    ErrorRule rule = TABLE.rule(starting ? "STARTING" : "DENIED");
    return rule.advising(Texts.ADD_ROLE.with(request.role(), rule.advice()));
  }
}
