package dev.enclave.azure.internal.calls;

import static dev.enclave.kit.Failures.misconfigured;

import dev.enclave.azure.internal.http.Attempt;
import dev.enclave.azure.internal.http.KeyVaultHttp;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.Reach;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.spi.BackendFailure;
import java.time.Duration;
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
      RemoteRequest request, Attempt attempt, AzureEndpoint vault, String dataAction) {
    Optional<BackendFailure> withoutToken = attempt.withoutToken();
    if (withoutToken.isPresent()) {
      return withoutToken.get().naming(request.subject());
    }
    Reach reach =
        new Reach(
            vault.origin().toString(),
            "enclave.azure-keyvault.vault-url",
            "name it in enclave.azure-keyvault.trusted-certificate where the server is not Azure's"
                + " own",
            "the private endpoint and its name");
    if (attempt.silent().isPresent()) {
      return unanswered(request, attempt.silent().get(), reach);
    }
    Optional<Answered> answer = attempt.answer().filter(a -> a.status() / 100 != 2);
    if (answer.isEmpty()) {
      return request.lost("what came is no answer of a vault", reach);
    }
    return wantedElse(answer.get(), vault)
        .map(failure -> failure.naming(request.subject()))
        .orElseGet(() -> answered(request, answer.get(), attempt, dataAction));
  }

  private static BackendFailure unanswered(RemoteRequest request, Silent silent, Reach reach) {
    if (silent.obstacle() == Obstacle.LOAD) {
      String advice =
          "Raise enclave.azure-keyvault.connections, or let fewer calls be under way at once.";
      return silent.kind() == Kind.NOT_SENT
          ? request.crowded(silent.observed(), advice)
          : request.lateByLoad(silent.observed(), advice);
    }
    return switch (silent.kind()) {
      case NOT_SENT -> request.notSent(silent.observed(), silent.obstacle(), reach);
      case LATE -> request.late();
      case BROKEN -> request.lost(silent.observed(), reach);
    };
  }

  /** A challenge for a token that is not the vault's, which nobody gets. */
  private static Optional<BackendFailure> wantedElse(Answered answer, AzureEndpoint vault) {
    return KeyVaultHttp.wanted(answer)
        .filter(audience -> !vault.audiences().contains(audience))
        .map(
            audience ->
                misconfigured(
                    "What answers at enclave.azure-keyvault.vault-url wants a token for %s, and a"
                            .formatted(Quoted.of(audience + "/.default"))
                        + " host of this name gets one for "
                        + String.join(" or ", vault.audiences())
                        + " alone.",
                    "See what answers there: a proxy, or a server that imitates another kind of"
                        + " vault or another cloud's."));
  }

  private static BackendFailure answered(
      RemoteRequest request, Answered answer, Attempt attempt, String dataAction) {
    AzureRefusal refusal = AzureRefusal.of(answer);
    ErrorRule named = AzureErrors.of(refusal.inner(), refusal.code(), answer.status());
    boolean apart =
        attempt
            .date()
            .map(date -> Duration.between(date, attempt.call().time().now()).abs())
            .filter(difference -> difference.compareTo(CLOCKS_APART) > 0)
            .isPresent();
    ErrorRule rule = named.equals(AzureErrors.SIGNED_OUT) && apart ? AzureErrors.CLOCK : named;
    return request.refused(
        rule,
        "the vault answered "
            + refusal.named(answer.status())
            + (rule.equals(AzureErrors.DENIED) ? "; the data action is " + dataAction : ""),
        answer.retryAfter(),
        attempt.call().attempt());
  }
}
