package dev.enclave.aws.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * A role that a workload on another cloud assumes (AWS STS API Reference,
 * AssumeRoleWithWebIdentity; IAM User Guide, "Create a role for OpenID Connect federation"): by an
 * identity token of Google's metadata server, or a token of an Azure managed identity. Each is
 * asked for anew.
 */
final class FederatedSource implements CredentialSource<AwsCredentials> {

  /** Where the workload runs, and how its token for an audience is come by. */
  private interface Platform extends AutoCloseable {
    IdentityToken token(String audience) throws BackendFailure;

    @Override
    void close();
  }

  private static final String GOOGLE = "google";
  private static final String AZURE = "azure";
  private static final String AUDIENCE_OF_GOOGLES = "sts.amazonaws.com";
  private static final Pattern ROLE =
      Pattern.compile("arn:[a-z0-9-]{3,20}:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,512}");
  private static final String SESSION = "enclave";

  private final String from;
  private final Platform platform;
  private final WebIdentityExchange exchange;
  private final String role;
  private final String audience;

  private FederatedSource(
      String from, Platform platform, WebIdentityExchange exchange, String role, String audience) {
    this.from = from;
    this.platform = platform;
    this.exchange = exchange;
    this.role = role;
    this.audience = audience;
  }

  /**
   * The one that settings name; none if they name none.
   *
   * @throws BackendFailure where the settings are not whole
   */
  static Optional<CredentialSource<AwsCredentials>> of(
      BackendSettings settings,
      EnvironmentSnapshot environment,
      HttpExchange network,
      WebIdentityExchange exchange)
      throws BackendFailure {
    Optional<String> from = settings.get(GivenCredentials.FEDERATED_FROM);
    if (from.isEmpty()) {
      requireAbsent(settings, GivenCredentials.ROLE_ARN);
      requireAbsent(settings, GivenCredentials.FEDERATION_AUDIENCE);
      return Optional.empty();
    }
    String role =
        settings
            .get(GivenCredentials.ROLE_ARN)
            .filter(arn -> ROLE.matcher(arn).matches())
            .orElseThrow(
                () ->
                    misconfigured(
                        settings,
                        GivenCredentials.ROLE_ARN,
                        "names no role.",
                        "Write its ARN, such as" + " arn:aws:iam::111122223333:role/wallet"));
    Optional<String> audience = settings.get(GivenCredentials.FEDERATION_AUDIENCE);
    return Optional.of(
        switch (from.get()) {
          case GOOGLE ->
              new FederatedSource(
                  GOOGLE,
                  google(new GoogleWorkload(environment)),
                  exchange,
                  role,
                  audience.orElse(AUDIENCE_OF_GOOGLES));
          case AZURE ->
              new FederatedSource(
                  AZURE,
                  azure(new AzureWorkload(environment, network)),
                  exchange,
                  role,
                  audience.orElseThrow(
                      () ->
                          misconfigured(
                              settings,
                              GivenCredentials.FEDERATION_AUDIENCE,
                              "is not set.",
                              "Write the id URI of the application that stands for AWS"
                                  + " in the directory, such as api://enclave-aws")));
          default ->
              throw misconfigured(
                  settings,
                  GivenCredentials.FEDERATED_FROM,
                  "is neither google nor azure.",
                  "Write one of them");
        });
  }

  private static Platform google(GoogleWorkload workload) {
    return new Platform() {
      @Override
      public IdentityToken token(String audience) throws BackendFailure {
        return workload.token(audience);
      }

      @Override
      public void close() {
        workload.close();
      }
    };
  }

  private static Platform azure(AzureWorkload workload) {
    return new Platform() {
      @Override
      public IdentityToken token(String audience) throws BackendFailure {
        return workload.token(audience, Optional.empty());
      }

      @Override
      public void close() {
        // It holds nothing.
      }
    };
  }

  private static void requireAbsent(BackendSettings settings, String name) throws BackendFailure {
    if (settings.get(name).isPresent()) {
      throw misconfigured(
          settings,
          name,
          "is set and " + settings.fullName(GivenCredentials.FEDERATED_FROM) + " is not.",
          "Set both, or neither");
    }
  }

  private static BackendFailure misconfigured(
      BackendSettings settings, String name, String observed, String advice) {
    return BackendFailure.permanent(
        FailureCode.MISCONFIGURED,
        "Setting " + settings.fullName(name) + " " + observed,
        advice + ".");
  }

  @Override
  public String named() {
    return "role " + Quoted.of(role) + " by a token from " + from;
  }

  @Override
  public Expiring<AwsCredentials> fetch() throws BackendFailure {
    IdentityToken token = platform.token(audience);
    try {
      return exchange.assume(role, SESSION, token.text());
    } catch (BackendFailure e) {
      throw e.failureClass() == FailureClass.PERMANENT
          ? e.advising(
              "The token has "
                  + token.described()
                  + "; the role's trust policy must name these. "
                  + e.advice().orElse(""))
          : e;
    }
  }

  @Override
  public void close() {
    platform.close();
  }
}
