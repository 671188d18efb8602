package dev.enclave.aws.internal.credentials;

import dev.enclave.EnvironmentType;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.kit.workload.ContainerEndpoint;
import dev.enclave.kit.workload.ContainerSource;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.kit.workload.InstanceSource;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
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

  /** What came of looking in one place. */
  private sealed interface Look {
    record Found(Chosen chosen) implements Look {}

    record Missing(String reason) implements Look {}
  }

  @FunctionalInterface
  private interface Place {
    Look look() throws BackendFailure;
  }

  private final BackendContext context;
  private final EnvironmentSnapshot environment;
  private final MetadataService metadata;
  private final HttpExchange containers;
  private final WebIdentityExchange webIdentities;
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
      WebIdentityExchange webIdentities) {
    this.context = context;
    this.environment = context.snapshot();
    this.metadata = metadata;
    this.containers = containers;
    this.webIdentities = webIdentities;
    this.given = new GivenCredentials(context);
  }

  /** Whether only managed identities will do. */
  public static boolean strict(EnvironmentType environment) {
    return environment == EnvironmentType.PRODUCTION || environment == EnvironmentType.STAGING;
  }

  /**
   * Chooses by settings and variables, and asks the instance metadata service if they name nothing.
   *
   * @throws BackendFailure when there is nothing, with everything that was looked for, or when what
   *     is there must not be used
   */
  public Chosen choose() throws BackendFailure {
    boolean strict = strict(context.environment());
    if (strict) {
      given.requireNoneLongLived();
    }
    List<Place> places =
        strict
            ? List.of(
                this::federated,
                this::webIdentity,
                this::container,
                this::variables,
                this::instance)
            : List.of(
                this::federated,
                this::settings,
                this::variables,
                this::webIdentity,
                this::container,
                this::instance);
    List<String> missing = new ArrayList<>();
    for (Place place : places) {
      Look look = place.look();
      if (look instanceof Look.Found found) {
        return found.chosen();
      }
      missing.add(((Look.Missing) look).reason());
    }
    throw BackendFailure.permanent(
        FailureCode.MISCONFIGURED,
        "No AWS credentials were found. Looked for: " + String.join("; ", missing) + ".",
        (strict
            ? "Give the workload a role: an ECS task role, EKS Pod Identity or a service"
                + " account's role, a Lambda execution role, an EC2 instance profile."
            : "Set one of these."));
  }

  private Look federated() throws BackendFailure {
    return look(
        FederatedSource.of(context.settings(), environment, containers, webIdentities),
        false,
        "another cloud: not set: " + context.settings().fullName(GivenCredentials.FEDERATED_FROM));
  }

  private Look settings() throws BackendFailure {
    return look(given.bySettings(), false, given.settingsMissing());
  }

  private Look variables() throws BackendFailure {
    return look(
        given.byVariables(),
        true,
        "variables: not set: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }

  private Look webIdentity() throws BackendFailure {
    return look(
        WebIdentitySource.of(environment, webIdentities),
        false,
        "web identity: not both set: "
            + WebIdentitySource.ROLE
            + " and "
            + WebIdentitySource.TOKEN_FILE);
  }

  private Look container() throws BackendFailure {
    return look(
        ContainerSource.of(environment, metadata, containers)
            .map(source -> source.map(CredentialChain::forSdk)),
        false,
        "container: not set: " + ContainerEndpoint.RELATIVE + " or " + ContainerEndpoint.FULL);
  }

  private Look instance() {
    if (InstanceMetadata.switchedOff(environment)) {
      return new Look.Missing("instance profile: AWS_EC2_METADATA_DISABLED is true");
    }
    return InstanceMetadata.open(metadata) instanceof InstanceMetadata.Refused refused
        ? new Look.Missing("instance profile: " + refused.reason())
        : new Look.Found(
            new Chosen(new InstanceSource(metadata).map(CredentialChain::forSdk), false));
  }

  private static AwsCredentials forSdk(AwsSecurityCredentials given) {
    return given.sessionToken().isPresent()
        ? AwsSessionCredentials.create(
            given.accessKeyId(), given.secretAccessKey(), given.sessionToken().get())
        : AwsBasicCredentials.create(given.accessKeyId(), given.secretAccessKey());
  }

  private static Look look(
      Optional<CredentialSource<AwsCredentials>> source, boolean byVariables, String missing) {
    return source.isPresent()
        ? new Look.Found(new Chosen(source.get(), byVariables))
        : new Look.Missing(missing);
  }
}
