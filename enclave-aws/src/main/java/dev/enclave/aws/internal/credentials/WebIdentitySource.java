package dev.enclave.aws.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** The role of a Kubernetes service account (IRSA): a token from a file, exchanged at STS. */
final class WebIdentitySource implements CredentialSource<AwsCredentials> {

  static final String ROLE = "AWS_ROLE_ARN";
  static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";
  private static final String SESSION = "AWS_ROLE_SESSION_NAME";

  private final EnvironmentSnapshot environment;
  private final WebIdentityExchange exchange;
  private final String role;
  private final String tokenFile;

  private WebIdentitySource(
      EnvironmentSnapshot environment,
      WebIdentityExchange exchange,
      String role,
      String tokenFile) {
    this.environment = environment;
    this.exchange = exchange;
    this.role = role;
    this.tokenFile = tokenFile;
  }

  /** The role that variables name; none if they do not name one and its token. */
  static Optional<CredentialSource<AwsCredentials>> of(
      EnvironmentSnapshot environment, WebIdentityExchange exchange) {
    return environment
        .variable(ROLE)
        .flatMap(
            role ->
                environment
                    .variable(TOKEN_FILE)
                    .map(file -> new WebIdentitySource(environment, exchange, role, file)));
  }

  @Override
  public String named() {
    return "the web identity of role " + Quoted.of(role);
  }

  /** The token is read each time: Kubernetes rotates it. */
  @Override
  public Expiring<AwsCredentials> fetch() throws BackendFailure {
    String token =
        environment
            .read(tokenFile)
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .orElseThrow(
                () ->
                    BackendFailure.transientFailure(
                        FailureCode.UNAVAILABLE,
                        "The file that " + TOKEN_FILE + " names is empty or cannot be read.",
                        "Check the service account's" + " token volume."));
    return exchange.assume(role, environment.variable(SESSION).orElse("enclave"), token);
  }
}
