package dev.enclave.aws.internal.credentials;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.ContainerSource;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Which source of credentials is used: the first that is configured, and its failure is final.
 *
 * <p>Everywhere first the identity that the workload has at another cloud, where settings name one.
 * PRODUCTION and STAGING: web identity, container, session credentials in variables, instance
 * profile; long-lived keys are refused wherever they stand, so that nobody thinks they are used.
 * DEVELOPMENT and LOCAL: settings, variables, then the same.
 */
public final class CredentialChain {

  /**
   * What was chosen.
   *
   * @param source where from
   * @param byVariables whether they stand in variables, where anybody could have put them: then
   *     only AWS's word that they are a role's makes them fit for production
   */
  public record Chosen(CredentialSource<AwsCredentials> source, boolean byVariables) {}

  /** STS AssumeRoleWithWebIdentity. Thread-safe. */
  @FunctionalInterface
  public interface WebIdentities {

    /** Exchanges a token for the credentials of a role. */
    Expiring<AwsSecurityCredentials> assume(String roleArn, String sessionName, String token)
        throws BackendFailure;
  }

  /** Where credentials may be; if they are not, nobody needs what it says is missing. */
  @FunctionalInterface
  private interface Place {
    Optional<CredentialSource<AwsSecurityCredentials>> look(List<String> missing)
        throws BackendFailure;
  }

  private static final String ROLE = "AWS_ROLE_ARN";
  private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";
  private static final String SESSION = "AWS_ROLE_SESSION_NAME";

  private final BackendContext context;
  private final EnvironmentSnapshot environment;
  private final MetadataService metadata;
  private final HttpExchange containers;
  private final WebIdentities webIdentities;
  private final GivenCredentials given;

  /**
   * @param metadata the instance metadata service
   * @param containers the way to those containers' credential endpoints that are not link-local,
   *     and to Azure's
   * @param webIdentities the way to STS
   */
  public CredentialChain(
      BackendContext context,
      MetadataService metadata,
      HttpExchange containers,
      WebIdentities webIdentities) {
    this.context = context;
    this.environment = context.snapshot();
    this.metadata = metadata;
    this.containers = containers;
    this.webIdentities = webIdentities;
    this.given = new GivenCredentials(context.settings());
  }

  /**
   * Chooses by settings and variables, and asks the instance metadata service if they name nothing.
   *
   * @throws BackendFailure when there is nothing, with everything that was looked for, or when what
   *     is there must not be used
   */
  public Chosen choose() throws BackendFailure {
    boolean strict = context.environment().isStrict();
    if (strict) {
      given.requireNone();
      AwsWorkload.requireNoneLongLived(environment);
    }
    Place variables = this::variables;
    List<Place> places =
        strict
            ? List.of(
                this::federated, this::webIdentity, this::container, variables, this::instance)
            : List.of(
                this::federated,
                this::settings,
                variables,
                this::webIdentity,
                this::container,
                this::instance);
    List<String> missing = new ArrayList<>();
    for (Place place : places) {
      Optional<CredentialSource<AwsSecurityCredentials>> found = place.look(missing);
      if (found.isPresent()) {
        return new Chosen(found.get().map(CredentialChain::forSdk), place.equals(variables));
      }
    }
    throw misconfigured(
        "No AWS credentials were found. Looked for: " + String.join("; ", missing) + ".",
        strict
            ? "Give the workload a role: an ECS task role, EKS Pod Identity or a service account's"
                + " role, a Lambda execution role, an EC2 instance profile."
            : "Set one of these.");
  }

  private static AwsCredentials forSdk(AwsSecurityCredentials given) {
    return given.sessionToken().isPresent()
        ? AwsSessionCredentials.create(
            given.accessKeyId(), given.secretAccessKey(), given.sessionToken().get())
        : AwsBasicCredentials.create(given.accessKeyId(), given.secretAccessKey());
  }

  private Optional<CredentialSource<AwsSecurityCredentials>> federated(List<String> missing)
      throws BackendFailure {
    missing.add(
        "another cloud: not set: " + context.settings().fullName(GivenCredentials.FEDERATED_FROM));
    return FederatedSource.of(context.settings(), environment, containers, webIdentities);
  }

  private Optional<CredentialSource<AwsSecurityCredentials>> settings(List<String> missing)
      throws BackendFailure {
    missing.add("settings: not set: " + String.join(" and ", given.names().subList(0, 2)));
    return given.source();
  }

  private Optional<CredentialSource<AwsSecurityCredentials>> variables(List<String> missing)
      throws BackendFailure {
    missing.add("variables: not set: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    return AwsWorkload.variables(environment);
  }

  /** The role of a Kubernetes service account (IRSA): a token from a file, exchanged at STS. */
  private Optional<CredentialSource<AwsSecurityCredentials>> webIdentity(List<String> missing) {
    missing.add("web identity: not both set: " + ROLE + " and " + TOKEN_FILE);
    Optional<String> role = environment.variable(ROLE);
    Optional<String> file = environment.variable(TOKEN_FILE);
    if (role.isEmpty() || file.isEmpty()) {
      return Optional.empty();
    }
    String session = environment.variable(SESSION).orElse("enclave");
    return Optional.of(
        CredentialSource.of(
            "the web identity of role " + Quoted.of(role.get()),
            () -> webIdentities.assume(role.get(), session, token(file.get())),
            () -> {}));
  }

  /** Read each time: Kubernetes rotates it. */
  private String token(String file) throws BackendFailure {
    return environment
        .read(file)
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .orElseThrow(
            () ->
                unavailable(
                    "The file that " + TOKEN_FILE + " names is empty or cannot be read.",
                    "Check the service account's token volume."));
  }

  private Optional<CredentialSource<AwsSecurityCredentials>> container(List<String> missing)
      throws BackendFailure {
    missing.add("container: not set: " + ContainerSource.RELATIVE + " or " + ContainerSource.FULL);
    return ContainerSource.of(environment, metadata, containers);
  }

  private Optional<CredentialSource<AwsSecurityCredentials>> instance(List<String> missing) {
    if (InstanceMetadata.switchedOff(environment)) {
      missing.add("instance profile: AWS_EC2_METADATA_DISABLED is true");
      return Optional.empty();
    }
    InstanceMetadata.Access access = InstanceMetadata.open(metadata);
    missing.add("instance profile: the instance metadata service: " + access.reason());
    return access.session().map(session -> new InstanceMetadata.Profile(metadata));
  }
}
