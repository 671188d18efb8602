package dev.enclave.azure.internal.credentials;

import dev.enclave.azure.internal.settings.AzureCloud;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.util.Optional;

/**
 * An application of the directory that a workload on another cloud acts as ("Workload identity
 * federation", Supported scenarios), by an identity token of Google's metadata server or a token of
 * AWS STS (GetWebIdentityToken).
 *
 * @param client its application's client id
 * @param tenant the directory's id
 * @param from where the workload runs
 * @param source what it shows there, made anew each time
 * @param audience whom that is for
 * @param fix what to look at if Microsoft Entra refuses
 */
record FederatedIdentity(
    String client,
    String tenant,
    String from,
    IdentityToken.Source source,
    String audience,
    String fix) {

  /** Takes a failure of ours through azure-identity. */
  static final class NoAssertionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient BackendFailure failure;

    NoAssertionException(BackendFailure failure) {
      super(failure.getMessage());
      this.failure = failure;
    }

    BackendFailure failure() {
      return failure;
    }
  }

  /**
   * The one that settings name; none if they name none.
   *
   * @param network the way to STS and to containers' agents
   * @throws BackendFailure where the settings are not whole
   */
  static Optional<FederatedIdentity> of(
      AzureSettings settings, BackendContext context, HttpExchange network, String authority)
      throws BackendFailure {
    Optional<String> from = settings.federatedFrom();
    if (from.isEmpty()) {
      return Optional.empty();
    }
    String client =
        required(settings, settings.identityClientId(), AzureSettings.IDENTITY_CLIENT_ID);
    String tenant = required(settings, settings.tenantId(), AzureSettings.TENANT_ID);
    String audience =
        AzureCloud.byAuthority(authority).orElse(AzureCloud.PUBLIC).exchangeAudience();
    String credential =
        "Check the application's federated credential: audience " + audience + ", issuer ";
    return Optional.of(
        from.get().equals("google")
            ? new FederatedIdentity(
                client,
                tenant,
                "google",
                new GoogleWorkload(context.snapshot()),
                audience,
                credential
                    + "https://accounts.google.com, and as its subject the service account's"
                    + " unique id.")
            : new FederatedIdentity(
                client,
                tenant,
                "aws",
                new AwsWorkload(
                    context.snapshot(),
                    network,
                    context.time(),
                    AzureSettings.strict(context.environment())),
                audience,
                credential
                    + "the one that aws iam get-outbound-web-identity-federation-info prints, and"
                    + " as its subject the role's ARN."));
  }

  private static String required(AzureSettings settings, Optional<String> value, String name)
      throws BackendFailure {
    return value.orElseThrow(
        () ->
            BackendFailure.permanent(
                FailureCode.MISCONFIGURED,
                "Setting "
                    + settings.fullName(AzureSettings.FEDERATED_FROM)
                    + " is set and "
                    + settings.fullName(name)
                    + " is not.",
                "Set both, or neither."));
  }

  /** What azure-identity is given. */
  String assertion() {
    try {
      return source.token(audience).text();
    } catch (BackendFailure e) {
      throw new NoAssertionException(e);
    }
  }

  /** As messages name it. */
  String named() {
    return "application " + client + " by a token from " + from;
  }
}
