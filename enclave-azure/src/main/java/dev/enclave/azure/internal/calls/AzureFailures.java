package dev.enclave.azure.internal.calls;

import dev.enclave.azure.internal.http.Answer;
import dev.enclave.azure.internal.http.Attempt;
import dev.enclave.azure.internal.http.WireException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an attempt met, in the engine's words: by error code, status and whether the request was
 * sent. The texts of Azure and of the SDK stay out of it, since they may quote the request.
 */
final class AzureFailures {

  /** Later attempts than these have seen a new token fail. */
  private static final int LATEST_FORGIVEN_ATTEMPT = 3;

  /** Tokens have some minutes' grace at most. */
  private static final Duration CLOCKS_APART = Duration.ofMinutes(2);

  private AzureFailures() {}

  /**
   * Translates a failed request.
   *
   * @param named what was asked, as messages name it
   */
  static BackendFailure of(AzureOperation operation, String named, Attempt attempt) {
    return described(operation, named, attempt).naming(named);
  }

  private static BackendFailure described(AzureOperation operation, String named, Attempt attempt) {
    Optional<BackendFailure> withoutToken = attempt.withoutToken();
    if (withoutToken.isPresent()) {
      return withoutToken.get();
    }
    Optional<WireException> broken = attempt.broken();
    if (broken.isPresent()) {
      return unanswered(operation, named, broken.get());
    }
    Optional<Answer> answer = attempt.answer();
    if (answer.isPresent() && answer.get().status() == 401 && !answer.get().authenticated()) {
      return BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          named
              + ": the vault's challenge is none for this host, or names no authority, so it gets"
              + " no token. Check enclave.azure-keyvault.vault-url, and what answers there.");
    }
    if (answer.isPresent() && !answer.get().ok()) {
      return answered(operation, named, answer.get(), attempt);
    }
    return unanswered(
        operation,
        named,
        FailureCode.UNAVAILABLE,
        "what came is no answer of a vault. Look at proxies that meddle.");
  }

  private static BackendFailure unanswered(
      AzureOperation operation, String named, WireException broken) {
    return switch (broken.kind()) {
      case NOT_SENT ->
          BackendFailure.transientFailure(
              FailureCode.UNAVAILABLE,
              named
                  + " was not sent: "
                  + broken.observed()
                  + ". Check the network, the private endpoint and its name.");
      case LATE ->
          unanswered(
              operation,
              named,
              FailureCode.TIMEOUT,
              broken.observed() + ". Allow more time, or look at the network.");
      case BROKEN ->
          unanswered(
              operation,
              named,
              FailureCode.UNAVAILABLE,
              broken.observed() + ". Look at the network, and at proxies that meddle.");
    };
  }

  private static BackendFailure unanswered(
      AzureOperation operation, String named, FailureCode code, String observed) {
    String message = named + ": " + observed;
    return operation.changes()
        ? BackendFailure.ambiguous(code, message)
        : BackendFailure.transientFailure(code, message);
  }

  private static BackendFailure answered(
      AzureOperation operation, String named, Answer answer, Attempt attempt) {
    AzureRefusal refusal = AzureRefusal.of(answer);
    AzureErrorRule rule = rule(refusal, answer, attempt.call().time().now());
    String message =
        named + ": the vault answered " + refusal.named(answer.status()) + ". " + rule.advice();
    FailureClass failureClass = rule.failureClass(operation.changes());
    if (rule.passesOnceOnly() && attempt.call().attempt() > LATEST_FORGIVEN_ATTEMPT) {
      failureClass = FailureClass.PERMANENT;
    }
    return switch (failureClass) {
      case THROTTLED -> BackendFailure.throttled(message, answer.retryAfter());
      case TRANSIENT -> BackendFailure.transientFailure(rule.failureCode(), message);
      case AMBIGUOUS -> BackendFailure.ambiguous(rule.failureCode(), message);
      case PERMANENT -> BackendFailure.permanent(rule.failureCode(), message);
    };
  }

  private static AzureErrorRule rule(AzureRefusal refusal, Answer answer, Instant now) {
    AzureErrorRule rule = AzureErrorRule.of(refusal.inner(), refusal.code(), answer.status());
    boolean apart =
        answer
            .date()
            .filter(date -> Duration.between(date, now).abs().compareTo(CLOCKS_APART) > 0)
            .isPresent();
    return rule == AzureErrorRule.SIGNED_OUT && apart ? AzureErrorRule.CLOCK : rule;
  }
}
