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
import dev.enclave.spi.BackendSettings;
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

  /**
   * Where credentials may be.
   *
   * @param missing what is not there, if they are not
   * @param look what is there
   */
  private record Place(
      String missing,
      BackendFailure.Step<Optional<CredentialSource<AwsSecurityCredentials>>> look) {}

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
    BackendSettings settings = context.settings();
    Place federated =
        new Place(
            "another cloud: not set: " + settings.fullName(GivenCredentials.FEDERATED_FROM),
            () -> FederatedSource.of(settings, environment, containers, webIdentities));
    Place inSettings =
        new Place(
            "settings: not set: " + String.join(" and ", given.names().subList(0, 2)),
            given::source);
    Place inVariables =
        new Place(
            "variables: not set: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            () -> AwsWorkload.variables(environment));
    Place webIdentity =
        new Place("web identity: not both set: " + ROLE + " and " + TOKEN_FILE, this::webIdentity);
    Place container =
        new Place(
            "container: not set: " + ContainerSource.RELATIVE + " or " + ContainerSource.FULL,
            () -> ContainerSource.of(environment, metadata, containers));
    List<String> missing = new ArrayList<>();
    for (Place place :
        strict
            ? List.of(federated, webIdentity, container, inVariables)
            : List.of(federated, inSettings, inVariables, webIdentity, container)) {
      Optional<CredentialSource<AwsSecurityCredentials>> found = place.look().run();
      if (found.isPresent()) {
        return chosen(found.get(), place.equals(inVariables));
      }
      missing.add(place.missing());
    }
    String reason = "AWS_EC2_METADATA_DISABLED is true";
    if (!InstanceMetadata.switchedOff(environment)) {
      InstanceMetadata.Access access = InstanceMetadata.open(metadata);
      if (access.session().isPresent()) {
        return chosen(new InstanceMetadata.Profile(metadata), false);
      }
      reason = "the instance metadata service: " + access.reason();
    }
    throw misconfigured(
        "No AWS credentials were found. Looked for: %s; instance profile: %s."
            .formatted(String.join("; ", missing), reason),
        strict ? AwsWorkload.GIVE_A_ROLE : "Set one of these.");
  }

  private static Chosen chosen(
      CredentialSource<AwsSecurityCredentials> source, boolean byVariables) {
    return new Chosen(source.map(CredentialChain::forSdk), byVariables);
  }

  private static AwsCredentials forSdk(AwsSecurityCredentials given) {
    return given.sessionToken().isPresent()
        ? AwsSessionCredentials.create(
            given.accessKeyId(), given.secretAccessKey(), given.sessionToken().get())
        : AwsBasicCredentials.create(given.accessKeyId(), given.secretAccessKey());
  }

  /** The role of a Kubernetes service account (IRSA): a token from a file, exchanged at STS. */
  private Optional<CredentialSource<AwsSecurityCredentials>> webIdentity() {
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
}
