package dev.enclave.azure.internal.calls;

import dev.enclave.azure.internal.http.Answer;
import dev.enclave.azure.internal.http.Attempt;
import dev.enclave.azure.internal.http.WireException;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Reach;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an attempt met, in the engine's words: by error code, status and whether the request was
 * sent. The texts of Azure and of the SDK stay out of it, since they may quote the request.
 */
final class AzureFailures {

  /** Tokens have some minutes' grace at most. */
  private static final Duration CLOCKS_APART = Duration.ofMinutes(2);

  private AzureFailures() {}

  /**
   * Translates a failed request.
   *
   * @param vault where it was to go
   * @param dataAction what a role must have for it
   */
  static BackendFailure of(
      RemoteRequest request, Attempt attempt, Origin vault, String dataAction) {
    Optional<BackendFailure> withoutToken = attempt.withoutToken();
    if (withoutToken.isPresent()) {
      return withoutToken.get().naming(request.subject());
    }
    Optional<WireException> broken = attempt.broken();
    if (broken.isPresent()) {
      return unanswered(request, broken.get(), reach(vault));
    }
    Optional<Answer> answer = attempt.answer();
    if (answer.isPresent() && answer.get().status() == 401 && !answer.get().authenticated()) {
      return BackendFailure.permanent(
              FailureCode.MISCONFIGURED,
              request.named()
                  + ": the vault's challenge is none for this host, or names no authority, so it"
                  + " gets no token.",
              "Check enclave.azure-keyvault.vault-url, and what answers" + " there.")
          .naming(request.subject());
    }
    if (answer.isPresent() && !answer.get().ok()) {
      return answered(request, answer.get(), attempt.call(), dataAction);
    }
    return request.lost("what came is no answer of a vault", reach(vault));
  }

  private static Reach reach(Origin vault) {
    return new Reach(
        vault.toString(),
        "enclave.azure-keyvault.vault-url",
        "name it in enclave.azure-keyvault.trusted-certificate where the server is not Azure's own",
        "the private endpoint and its name");
  }

  private static BackendFailure unanswered(
      RemoteRequest request, WireException broken, Reach reach) {
    if (broken.load()) {
      String advice =
          "Raise enclave.azure-keyvault.connections, or let fewer calls be under way at once.";
      return broken.kind() == Kind.NOT_SENT
          ? request.crowded(broken.observed(), advice)
          : request.lateByLoad(broken.observed(), advice);
    }
    return switch (broken.kind()) {
      case NOT_SENT -> request.notSent(broken.observed(), broken.obstacle(), reach);
      case LATE -> request.late();
      case BROKEN -> request.lost(broken.observed(), reach);
    };
  }

  private static BackendFailure answered(
      RemoteRequest request, Answer answer, CallContext call, String dataAction) {
    AzureRefusal refusal = AzureRefusal.of(answer);
    ErrorRule rule = rule(refusal, answer, call.time().now());
    return request.refused(
        rule,
        "the vault answered "
            + refusal.named(answer.status())
            + (rule.equals(AzureErrors.DENIED) ? "; the data action is " + dataAction : ""),
        answer.retryAfter(),
        call.attempt());
  }

  private static ErrorRule rule(AzureRefusal refusal, Answer answer, Instant now) {
    ErrorRule rule = AzureErrors.of(refusal.inner(), refusal.code(), answer.status());
    boolean apart =
        answer
            .date()
            .filter(date -> Duration.between(date, now).abs().compareTo(CLOCKS_APART) > 0)
            .isPresent();
    return rule.equals(AzureErrors.SIGNED_OUT) && apart ? AzureErrors.CLOCK : rule;
  }
}
