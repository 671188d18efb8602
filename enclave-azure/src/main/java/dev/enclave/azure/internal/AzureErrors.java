package dev.enclave.azure.internal;

import dev.enclave.azure.internal.http.KeyVaultHttp;
import dev.enclave.azure.internal.http.KeyVaultHttp.Attempt;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.ErrorRule;
import dev.enclave.kit.ErrorTable;
import dev.enclave.kit.Reach;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.Obstacle;
import dev.enclave.kit.workload.Answers;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a vault's error codes mean. The inner error's code decides where there is one, then the
 * error's, then the status; never a message's text. From Key Vault's documentation: "REST API error
 * codes", "Throttling guidance", "Common parameters and headers", and the REST API reference.
 */
public final class AzureErrors {

  public static final ErrorTable TABLE =
      ErrorTable.of(
          """
          THROTTLE throttled THROTTLED: Throttled TooManyRequests 429
            Send less, spread keys over several vaults, or use a managed HSM.
          SERVICE ambiguous UNAVAILABLE: InternalServerError InternalError ServiceUnavailable \
              GatewayTimeout 5xx
            Azure failed on its side. If it lasts, look at Azure Service Health.
          SIGNED_OUT passing ACCESS_DENIED: Unauthorized 401
            The vault does not take this identity's token. Check that vault and identity are of one
            tenant.
          CLOCK passing MISCONFIGURED
            Azure's clock and this machine's differ by minutes, so that tokens seem to be over, or
            not to have begun. Set this machine's by NTP.
          OFF permanent INVALID_STATE: KeyDisabled ObjectIsDisabled
            The version is disabled. Enable it, or use another version.
          NOT_YET permanent INVALID_STATE: KeyNotYetValid
            The version is not valid yet: it signs from the time on that its attribute nbf names.
            Wait, or change it.
          OVER permanent INVALID_STATE: KeyExpired
            The version has expired: it signs until the time that its attribute exp names, and
            verifies after it. Rotate the key, or change it.
          FIREWALL permanent ACCESS_DENIED: ForbiddenByFirewall ForbiddenByConnection
            The vault's firewall does not let this address in. Allow it, or come by a private
            endpoint.
          OPERATION permanent UNSUPPORTED: KeyOperationForbidden OperationNotAllowed
            The key's permitted operations leave this one out. Add it to key_ops, or use another
            key.
          DENIED permanent ACCESS_DENIED: Forbidden AccessDenied ForbiddenByRbac ForbiddenByPolicy \
              403
            Give the identity a role with it, or the permission in the vault's access policy.
            enclave doctor --iam prints what it needs. A role that was assigned within the last ten
            minutes may not count yet: then try again.
          NOT_FOUND permanent NOT_FOUND: KeyNotFound NotFound KeyVersionNotFound 404
            Check the name, the version and the vault.
          DELETED permanent ALREADY_EXISTS: ObjectIsDeletedButRecoverable
            A deleted key of this name can still be recovered, and until it is purged nobody can
            make another. Recover it, or take another name: what is purged is gone for ever.
          MOVING transient INVALID_STATE: ObjectIsBeingDeleted ObjectIsBeingRecovered
            The key is being deleted or recovered. That passes in a moment.
          CONFLICTING passing INVALID_STATE: Conflict 409
            The vault refuses this as the key is now, and does not say why; nothing happened.
            Another change of the key may be under way, which passes in a moment; or a deleted key
            of this name may not be purged yet, which az keyvault key list-deleted shows.
          QUOTA permanent LIMIT_EXCEEDED: LimitExceeded KeyVersionLimitExceeded
            A limit of the vault is reached. Purge what is not needed, or use another vault.
          BAD permanent REJECTED: BadParameter BadRequest NotSupported NotImplemented
            The vault does not take this request. An older vault, or one of the standard tier, may
            not know this kind of key.
          OTHER permanent REJECTED: other
            Look up the code in Key Vault's REST API reference.
          UNNAMED permanent REJECTED: none
            The answer names no error, so it may not be the vault's. Look at what stands between: a
            proxy, a gateway, or another server at enclave.azure-keyvault.vault-url.
          """);

  public static final ErrorRule THROTTLE = TABLE.rule("THROTTLE");
  public static final ErrorRule SIGNED_OUT = TABLE.rule("SIGNED_OUT");
  public static final ErrorRule CLOCK = TABLE.rule("CLOCK");
  public static final ErrorRule DENIED = TABLE.rule("DENIED");
  public static final ErrorRule NOT_FOUND = TABLE.rule("NOT_FOUND");
  public static final ErrorRule BAD = TABLE.rule("BAD");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /** Tokens have some minutes' grace at most. */
  private static final Duration CLOCKS_APART = Duration.ofMinutes(2);

  private AzureErrors() {}

  /**
   * What an attempt met, in the engine's words. The texts of Azure and of the SDK stay out of it,
   * since they may quote the request.
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
            Texts.TRUST_CERTIFICATE.with(),
            Texts.PRIVATE_ENDPOINT.with());
    if (attempt.silent().isPresent()) {
      return unanswered(request, attempt.silent().get(), reach);
    }
    Optional<Answered> answer = attempt.answer().filter(a -> a.status() / 100 != 2);
    if (answer.isEmpty()) {
      return request.lost(Texts.NO_VAULTS_ANSWER.with(), reach);
    }
    return wantedElse(answer.get(), vault)
        .map(failure -> failure.naming(request.subject()))
        .orElseGet(() -> answered(request, answer.get(), attempt, dataAction));
  }

  private static BackendFailure unanswered(RemoteRequest request, Silent silent, Reach reach) {
    if (silent.obstacle() != Obstacle.LOAD) {
      return request.unanswered(silent, reach);
    }
    String advice = Texts.RAISE_CONNECTIONS.with();
    return silent.kind() == Kind.NOT_SENT
        ? request.crowded(silent.observed(), advice)
        : request.lateByLoad(silent.observed(), advice);
  }

  /** A challenge for a token that is not the vault's, which nobody gets. */
  private static Optional<BackendFailure> wantedElse(Answered answer, AzureEndpoint vault) {
    return KeyVaultHttp.wanted(answer)
        .filter(audience -> !vault.audiences().contains(audience))
        .map(
            audience ->
                Texts.WANTS_ANOTHER_TOKEN.permanent(
                    FailureCode.MISCONFIGURED,
                    Quoted.of(audience + "/.default"),
                    String.join(Texts.OR.with(), vault.audiences())));
  }

  private static BackendFailure answered(
      RemoteRequest request, Answered answer, Attempt attempt, String dataAction) {
    Codes codes = Codes.of(answer);
    ErrorRule named = TABLE.of(answer.status(), codes.inner(), codes.code());
    boolean apart =
        attempt
            .date()
            .map(date -> Duration.between(date, attempt.call().time().now()).abs())
            .filter(difference -> difference.compareTo(CLOCKS_APART) > 0)
            .isPresent();
    ErrorRule rule = named.equals(SIGNED_OUT) && apart ? CLOCK : named;
    return request.refused(
        rule,
        Texts.VAULT_ANSWERED.with(
            codes.named(answer.status()),
            rule.equals(DENIED) ? Texts.DATA_ACTION_IS.with(dataAction) : ""),
        answer.retryAfter(),
        attempt.call().attempt());
  }

  /** The rule for a code that is a vault's; none where its status alone would tell. */
  static Optional<ErrorRule> byCode(Answered answer) {
    Codes codes = Codes.of(answer);
    return TABLE.find(codes.inner(), codes.code());
  }

  /**
   * The codes of the error and of its inner error ("Common parameters and headers", Standard error
   * response), each empty if the answer has none: a gateway's page has not, say.
   */
  private record Codes(String inner, String code) {

    static Codes of(Answered answer) {
      Map<String, String> fields = Answers.fields(answer.text());
      return new Codes(plain(fields, "error.innererror.code"), plain(fields, "error.code"));
    }

    private static String plain(Map<String, String> fields, String name) {
      String text = fields.getOrDefault(name, "");
      return PLAIN.matcher(text).matches() ? text : "";
    }

    /** As messages name it. */
    String named(int status) {
      String most = inner.isEmpty() ? code : inner;
      return most.isEmpty() ? Texts.HTTP.with(status) : Texts.NAMED_HTTP.with(most, status);
    }
  }
}
