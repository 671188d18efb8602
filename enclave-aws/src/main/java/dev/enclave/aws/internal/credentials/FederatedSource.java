package dev.enclave.aws.internal.credentials;

import static dev.enclave.kit.Failures.misconfigured;

import dev.enclave.aws.internal.credentials.CredentialChain.WebIdentities;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;

/**
 * A role that a workload on another cloud assumes (AWS STS API Reference,
 * AssumeRoleWithWebIdentity; IAM User Guide, "Create a role for OpenID Connect federation"): by an
 * identity token of Google's metadata server, or a token of an Azure managed identity. Each is
 * asked for anew.
 *
 * @param from where the workload runs
 * @param platform how its token is come by
 */
record FederatedSource(
    String from,
    IdentityToken.Source platform,
    WebIdentities exchange,
    String role,
    String audience)
    implements CredentialSource<AwsSecurityCredentials> {

  private static final String ROLE = "arn:[a-z0-9-]{3,20}:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,512}";

  /**
   * The one that settings name; none if they name none.
   *
   * @throws BackendFailure where the settings are not whole
   */
  static Optional<CredentialSource<AwsSecurityCredentials>> of(
      BackendSettings settings,
      EnvironmentSnapshot environment,
      HttpExchange network,
      WebIdentities exchange)
      throws BackendFailure {
    String from = settings.get(GivenCredentials.FEDERATED_FROM).orElse("");
    Optional<String> role = settings.get(GivenCredentials.ROLE_ARN);
    Optional<String> audience = settings.get(GivenCredentials.FEDERATION_AUDIENCE);
    boolean google = from.equals("google");
    if (settings.get(GivenCredentials.FEDERATED_FROM).isEmpty()) {
      String without =
          "is set and " + settings.fullName(GivenCredentials.FEDERATED_FROM) + " is not.";
      String both = "Set both, or neither.";
      require(role.isEmpty(), settings, GivenCredentials.ROLE_ARN, without, both);
      require(audience.isEmpty(), settings, GivenCredentials.FEDERATION_AUDIENCE, without, both);
      return Optional.empty();
    }
    require(
        google || from.equals("azure"),
        settings,
        GivenCredentials.FEDERATED_FROM,
        "is neither google nor azure.",
        "Write one of them.");
    require(
        role.filter(arn -> arn.matches(ROLE)).isPresent(),
        settings,
        GivenCredentials.ROLE_ARN,
        "names no role.",
        "Write its ARN, such as arn:aws:iam::111122223333:role/wallet.");
    require(
        google || audience.isPresent(),
        settings,
        GivenCredentials.FEDERATION_AUDIENCE,
        "is not set.",
        "Write the id URI of the application that stands for AWS in the directory, such as"
            + " api://enclave-aws.");
    return Optional.of(
        new FederatedSource(
            from,
            google ? new GoogleWorkload(environment) : new AzureWorkload(environment, network),
            exchange,
            role.orElseThrow(),
            audience.orElse("sts.amazonaws.com")));
  }

  private static void require(
      boolean met, BackendSettings settings, String name, String observed, String advice)
      throws BackendFailure {
    if (!met) {
      throw misconfigured("Setting " + settings.fullName(name) + " " + observed, advice);
    }
  }

  @Override
  public String named() {
    return "role " + Quoted.of(role) + " by a token from " + from;
  }

  @Override
  public Expiring<AwsSecurityCredentials> fetch() throws BackendFailure {
    IdentityToken token = platform.token(audience);
    try {
      return exchange.assume(role, "enclave", token.text());
    } catch (BackendFailure e) {
      throw e.failureClass() == FailureClass.PERMANENT
          ? e.advising(
              "The token has %s; the role's trust policy must name these. %s"
                  .formatted(token.described(), e.advice().orElse("")))
          : e;
    }
  }

  @Override
  public void close() {
    platform.close();
  }
}
