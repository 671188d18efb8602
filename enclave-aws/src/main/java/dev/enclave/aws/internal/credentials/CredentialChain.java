package dev.enclave.aws.internal.credentials;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.workload.Answers;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.AzureWorkload;
import dev.enclave.kit.workload.ContainerSource;
import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.kit.workload.IdentityToken;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which source of credentials is used: the first that is configured, and its failure is final.
 *
 * <p>Everywhere first the identity that the workload has at another cloud, where settings name one.
 * PRODUCTION and STAGING: web identity, container, session credentials in variables, instance
 * profile; long-lived keys are refused wherever they stand, so that nobody thinks they are used.
 * DEVELOPMENT and LOCAL: settings, variables, then the same.
 *
 * @param metadata the instance metadata service
 * @param containers the way to those containers' credential endpoints that are not link-local, and
 *     to Azure's
 * @param webIdentities the way to STS
 */
public record CredentialChain(
    BackendContext context,
    MetadataService metadata,
    HttpExchange containers,
    WebIdentities webIdentities) {

  /**
   * What was chosen.
   *
   * @param byVariables whether they stand in variables, where anybody could have put them: then
   *     only AWS's word that they are a role's makes them fit for production
   */
  public record Chosen(CredentialSource<AwsSecurityCredentials> source, boolean byVariables) {}

  /** STS AssumeRoleWithWebIdentity. Thread-safe. */
  @FunctionalInterface
  public interface WebIdentities {

    /** Exchanges a token for the credentials of a role. */
    Expiring<AwsSecurityCredentials> assume(String roleArn, String sessionName, String token)
        throws BackendFailure;
  }

  /** Where credentials may be, and what is missing if they are not there. */
  private record Place(
      String missing,
      BackendFailure.Step<Optional<CredentialSource<AwsSecurityCredentials>>> look) {}

  private static final List<String> GIVEN =
      List.of("access-key-id", "secret-access-key", "session-token");

  /** Where the workload runs, if not on AWS. */
  private static final String FEDERATED_FROM = "federated-from";

  private static final String ROLE_ARN = "role-arn";
  private static final String AUDIENCE = "federation-audience";
  private static final String ARN = "arn:[a-z0-9-]{3,20}:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,512}";

  private static final String ROLE = "AWS_ROLE_ARN";
  private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";

  /**
   * Chooses by settings and variables, and asks the instance metadata service if they name nothing.
   * Fails with everything that was looked for.
   */
  public Chosen choose() throws BackendFailure {
    boolean strict = context.environment().isStrict();
    EnvironmentSnapshot environment = context.snapshot();
    if (strict) {
      for (String name : GIVEN) {
        if (given(name).isPresent()) {
          throw AwsWorkload.longLived("Setting " + fullName(name) + " is set");
        }
      }
      AwsWorkload.requireNoneLongLived(environment);
    }
    Place federated =
        new Place("another cloud: not set: " + fullName(FEDERATED_FROM), this::federated);
    Place inSettings =
        new Place(
            "settings: not set: " + fullName(GIVEN.get(0)) + " and " + fullName(GIVEN.get(1)),
            this::inSettings);
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
        return new Chosen(found.get(), place.equals(inVariables));
      }
      missing.add(place.missing());
    }
    InstanceMetadata.Access access = InstanceMetadata.open(environment, metadata);
    if (access.session().isPresent()) {
      return new Chosen(new InstanceMetadata.Profile(metadata), false);
    }
    throw misconfigured(
        ("No AWS credentials were found. Looked for: %s; instance profile: the instance metadata"
                + " service: %s.")
            .formatted(String.join("; ", missing), access.reason()),
        strict ? AwsWorkload.GIVE_A_ROLE : "Set one of these.");
  }

  private String fullName(String setting) {
    return context.settings().fullName(setting);
  }

  private Optional<String> given(String setting) {
    return new CheckedSettings(context.settings())
        .secret(setting)
        .or(() -> context.settings().get(setting))
        .filter(value -> !value.isEmpty());
  }

  private Optional<CredentialSource<AwsSecurityCredentials>> inSettings() throws BackendFailure {
    List<String> names = GIVEN.stream().map(this::fullName).toList();
    return AwsSecurityCredentials.given(
            names, given(GIVEN.get(0)), given(GIVEN.get(1)), given(GIVEN.get(2)))
        .map(given -> CredentialSource.fixed("settings " + names.get(0) + " and others", given));
  }

  /** The role of a Kubernetes service account (IRSA): a token from a file, exchanged at STS. */
  private Optional<CredentialSource<AwsSecurityCredentials>> webIdentity() {
    EnvironmentSnapshot environment = context.snapshot();
    Optional<String> role = environment.variable(ROLE);
    Optional<String> file = environment.variable(TOKEN_FILE);
    if (role.isEmpty() || file.isEmpty()) {
      return Optional.empty();
    }
    String session = environment.variable("AWS_ROLE_SESSION_NAME").orElse("enclave");
    return Optional.of(
        CredentialSource.of(
            "the web identity of role " + Quoted.of(role.get()),
            () -> webIdentities.assume(role.get(), session, token(file.get())),
            () -> {}));
  }

  /** Read each time: Kubernetes rotates it. */
  private String token(String file) throws BackendFailure {
    String without = "The file that " + TOKEN_FILE + " names is empty or cannot be read.";
    return Answers.file(context.snapshot(), file)
        .orElseThrow(() -> unavailable(without, "Check the service account's token volume."));
  }

  /**
   * A role that a workload on another cloud assumes (AWS STS API Reference,
   * AssumeRoleWithWebIdentity; IAM User Guide, "Create a role for OpenID Connect federation"): by
   * an identity token of Google's metadata server, or a token of an Azure managed identity. Each is
   * asked for anew. None if settings name none.
   */
  private Optional<CredentialSource<AwsSecurityCredentials>> federated() throws BackendFailure {
    String from = context.settings().get(FEDERATED_FROM).orElse("");
    Optional<String> role = context.settings().get(ROLE_ARN);
    Optional<String> audience = context.settings().get(AUDIENCE);
    boolean google = from.equals("google");
    if (context.settings().get(FEDERATED_FROM).isEmpty()) {
      String without = "is set and " + fullName(FEDERATED_FROM) + " is not.";
      require(role.isEmpty(), ROLE_ARN, without, "Set both, or neither.");
      require(audience.isEmpty(), AUDIENCE, without, "Set both, or neither.");
      return Optional.empty();
    }
    require(
        google || from.equals("azure"),
        FEDERATED_FROM,
        "is neither google nor azure.",
        "Write one of them.");
    require(
        role.filter(arn -> arn.matches(ARN)).isPresent(),
        ROLE_ARN,
        "names no role.",
        "Write its ARN, such as arn:aws:iam::111122223333:role/wallet.");
    require(
        google || audience.isPresent(),
        AUDIENCE,
        "is not set.",
        "Write the id URI of the application that stands for AWS in the directory, such as"
            + " api://enclave-aws.");
    String arn = role.orElseThrow();
    IdentityToken.Source platform =
        google
            ? new GoogleWorkload(context.snapshot())
            : new AzureWorkload(context.snapshot(), containers);
    return Optional.of(
        CredentialSource.of(
            "role " + Quoted.of(arn) + " by a token from " + from,
            () -> assumed(arn, platform.token(audience.orElse("sts.amazonaws.com"))),
            platform::close));
  }

  private void require(boolean met, String setting, String observed, String advice)
      throws BackendFailure {
    if (!met) {
      throw misconfigured("Setting " + fullName(setting) + " " + observed, advice);
    }
  }

  private Expiring<AwsSecurityCredentials> assumed(String role, IdentityToken token)
      throws BackendFailure {
    try {
      return webIdentities.assume(role, "enclave", token.text());
    } catch (BackendFailure e) {
      throw e.failureClass() == FailureClass.PERMANENT
          ? e.advising(
              "The token has %s; the role's trust policy must name these. %s"
                  .formatted(token.described(), e.advice().orElse("")))
          : e;
    }
  }
}
