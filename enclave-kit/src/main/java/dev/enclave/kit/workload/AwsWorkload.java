package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataService;
import java.util.List;
import java.util.Optional;

/**
 * A workload that runs on AWS and uses a key of another cloud: its role's credentials, and its
 * Region. The first that is configured: the container's endpoint (ECS, EKS Pod Identity, Lambda
 * started from a snapshot), session credentials in variables (Lambda), the EC2 instance profile.
 */
public final class AwsWorkload implements IdentityToken.Source {

  private static final String ID = "AWS_ACCESS_KEY_ID";
  private static final String SECRET = "AWS_SECRET_ACCESS_KEY";
  private static final String TOKEN = "AWS_SESSION_TOKEN";
  private static final String WEB_IDENTITY = "AWS_WEB_IDENTITY_TOKEN_FILE";
  private static final List<String> REGIONS = List.of("AWS_REGION", "AWS_DEFAULT_REGION");
  private static final String REGION = "[a-z]{2}(-[a-z]{1,12}){1,3}-[0-9]{1,2}";

  private final EnvironmentSnapshot environment;
  private final MetadataService metadata;
  private final HttpExchange exchange;
  private final TimeSource time;
  private final boolean strict;

  /**
   * The one that this process is.
   *
   * @param exchange the way to STS and to containers' agents
   * @param strict whether managed identities alone will do: long-lived keys are refused, and
   *     credentials in variables are taken only once STS says that they are a role's
   */
  public AwsWorkload(
      EnvironmentSnapshot environment, HttpExchange exchange, TimeSource time, boolean strict) {
    this.environment = environment;
    this.metadata = environment.metadata();
    this.exchange = exchange;
    this.time = time;
    this.strict = strict;
  }

  /**
   * Credentials of now, which may have been handed out before.
   *
   * @param credentials to sign with
   * @param sts of the workload's Region
   * @param named where they come from, for messages
   */
  public record Identity(AwsSecurityCredentials credentials, AwsSts sts, String named) {}

  /**
   * Asks the platform.
   *
   * @throws BackendFailure when it has none, or what it has must not be used
   */
  public Identity identity() throws BackendFailure {
    Optional<CredentialSource<AwsSecurityCredentials>> container =
        ContainerSource.of(environment, metadata, exchange);
    AwsSts sts = new AwsSts(region(), exchange, time);
    if (container.isPresent()) {
      return of(container.get(), sts);
    }
    if (environment.variable(ID).isPresent() || environment.variable(SECRET).isPresent()) {
      return byVariables(sts);
    }
    if (environment.variable(WEB_IDENTITY).isPresent()) {
      throw refused(
          "Variable "
              + WEB_IDENTITY
              + " is set: the pod has the role of its service account, and the instance profile"
              + " would be the node's.",
          "Use EKS Pod Identity, or a projected token of the pod for"
              + " the other cloud, in a file");
    }
    if (InstanceMetadata.switchedOff(environment)) {
      throw refused(
          "No credentials of AWS were found, and AWS_EC2_METADATA_DISABLED is true.",
          "Give the" + " workload a role");
    }
    return of(new InstanceSource(metadata), sts);
  }

  @Override
  public IdentityToken token(String audience) throws BackendFailure {
    Identity identity = identity();
    return identity.sts().webIdentityToken(identity.credentials(), audience, identity.named());
  }

  private static Identity of(CredentialSource<AwsSecurityCredentials> source, AwsSts sts)
      throws BackendFailure {
    Expiring<AwsSecurityCredentials> fetched = source.fetch();
    return new Identity(fetched.value(), sts, source.named());
  }

  private Identity byVariables(AwsSts sts) throws BackendFailure {
    Optional<String> id = environment.variable(ID);
    Optional<String> secret = environment.variable(SECRET);
    Optional<String> token = environment.variable(TOKEN);
    if (id.isEmpty() || secret.isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Of the variables " + ID + " and " + SECRET + " one is set and the other is not.",
          "Set both, or neither.");
    }
    requireHeaderText(ID, id.get());
    requireHeaderText(TOKEN, token.orElse(""));
    if (strict && token.isEmpty()) {
      throw refused(
          "Variables "
              + ID
              + " and "
              + SECRET
              + " are set, and "
              + TOKEN
              + " is not: a long-lived credential.",
          "Remove it, and give the workload a role");
    }
    AwsSecurityCredentials credentials = new AwsSecurityCredentials(id.get(), secret.get(), token);
    String named = "variable " + ID + " and others";
    if (strict) {
      sts.requireRole(credentials, named);
    }
    return new Identity(credentials, sts, named);
  }

  private static void requireHeaderText(String variable, String value) throws BackendFailure {
    if (!HeaderText.fits(value)) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Variable "
              + variable
              + " has characters that no HTTP header may have, such as a line end.",
          "Set it to what" + " AWS handed out alone.");
    }
  }

  private String region() throws BackendFailure {
    for (String variable : REGIONS) {
      Optional<String> named = environment.variable(variable).map(String::strip);
      if (named.isPresent()) {
        return known(named.get(), "Variable " + variable);
      }
    }
    if (!InstanceMetadata.switchedOff(environment)
        && InstanceMetadata.open(metadata) instanceof InstanceMetadata.Granted granted
        && granted.metadata().get("/latest/meta-data/placement/region")
            instanceof Answered placement
        && placement.status() == 200) {
      return known(placement.body().strip(), "The instance metadata service");
    }
    throw BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE,
        "The Region of this workload is not known: neither "
            + String.join(" nor ", REGIONS)
            + " is set, and the instance metadata service names none.",
        "Set AWS_REGION.");
  }

  /** It becomes part of a host's name. */
  private static String known(String region, String who) throws BackendFailure {
    if (!region.matches(REGION)) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          who + " names what is no Region of AWS.",
          "Correct AWS_REGION.");
    }
    return region;
  }

  private static BackendFailure refused(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.REFUSED, observed, advice + ".");
  }

  @Override
  public void close() {
    metadata.close();
  }
}
