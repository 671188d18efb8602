package dev.enclave.kit.workload;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.util.List;
import java.util.Optional;

/**
 * A workload that runs on AWS and uses a key of another cloud: its role's credentials, and its
 * Region. The first that is configured: the container's endpoint (ECS, EKS Pod Identity, Lambda
 * started from a snapshot), session credentials in variables (Lambda), the EC2 instance profile.
 */
public final class AwsWorkload implements IdentityToken.Source {

  /** Where a Region is named. */
  public static final List<String> REGIONS = List.of("AWS_REGION", "AWS_DEFAULT_REGION");

  /** What to do where there are no credentials that may be used. */
  public static final String GIVE_A_ROLE = Texts.GIVE_A_ROLE.with();

  private static final List<String> VARIABLES =
      List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
  private static final String NAMED = Texts.VARIABLE_AND_OTHERS.with(VARIABLES.get(0));
  private static final String WEB_IDENTITY = "AWS_WEB_IDENTITY_TOKEN_FILE";
  private static final String REGION = "[a-z]{2}(-[a-z]{1,12}){1,3}-[0-9]{1,2}";

  private final EnvironmentSnapshot environment;
  private final MetadataService metadata;
  private final HttpExchange exchange;
  private final TimeSource time;
  private final boolean strict;

  /**
   * The one that this process is. In PRODUCTION and STAGING managed identities alone will do:
   * long-lived keys are refused, and credentials in variables are taken only once STS says that
   * they are a role's.
   *
   * @param exchange the way to STS and to containers' agents
   */
  public AwsWorkload(BackendContext context, HttpExchange exchange) {
    this.environment = context.snapshot();
    this.metadata = environment.metadata();
    this.exchange = exchange;
    this.time = context.time();
    this.strict = context.environment().isStrict();
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
    if (strict) {
      requireNoneLongLived(environment);
    }
    Optional<CredentialSource<AwsSecurityCredentials>> variables = variables(environment);
    if (variables.isPresent()) {
      Identity identity = of(variables.get(), sts);
      if (strict) {
        sts.requireRole(identity.credentials(), identity.named());
      }
      return identity;
    }
    if (environment.variable(WEB_IDENTITY).isPresent()) {
      throw Texts.NODES_ROLE.permanent(FailureCode.REFUSED, WEB_IDENTITY);
    }
    if (InstanceMetadata.switchedOff(environment)) {
      throw Texts.NO_CREDENTIALS_OF_AWS.permanent(FailureCode.REFUSED, GIVE_A_ROLE);
    }
    return of(new InstanceMetadata.Profile(metadata), sts);
  }

  @Override
  public IdentityToken token(String audience) throws BackendFailure {
    Identity identity = identity();
    return identity.sts().webIdentityToken(identity.credentials(), audience, identity.named());
  }

  private static Identity of(CredentialSource<AwsSecurityCredentials> source, AwsSts sts)
      throws BackendFailure {
    return new Identity(source.fetch().value(), sts, source.named());
  }

  /**
   * Credentials in variables; none if none is set.
   *
   * @throws BackendFailure where they are not whole
   */
  public static Optional<CredentialSource<AwsSecurityCredentials>> variables(
      EnvironmentSnapshot environment) throws BackendFailure {
    return AwsSecurityCredentials.given(
            VARIABLES,
            environment.variable(VARIABLES.get(0)),
            environment.variable(VARIABLES.get(1)),
            environment.variable(VARIABLES.get(2)))
        .map(given -> CredentialSource.fixed(NAMED, given));
  }

  /**
   * Refuses credentials in variables that have no end.
   *
   * @throws BackendFailure REFUSED
   */
  public static void requireNoneLongLived(EnvironmentSnapshot environment) throws BackendFailure {
    for (String name : VARIABLES.subList(0, 2)) {
      if (environment.variable(VARIABLES.get(2)).isEmpty()
          && environment.variable(name).isPresent()) {
        throw longLived(Texts.LONG_LIVED_VARIABLE.with(name, VARIABLES.get(2)));
      }
    }
  }

  /** What is refused because it has no end. */
  public static BackendFailure longLived(String observed) {
    return Texts.LONG_LIVED.permanent(FailureCode.REFUSED, observed, GIVE_A_ROLE);
  }

  private String region() throws BackendFailure {
    for (String variable : REGIONS) {
      Optional<String> named = environment.variable(variable).map(String::strip);
      if (named.isPresent()) {
        return known(named.get(), Texts.VARIABLE.with(variable));
      }
    }
    return known(
        InstanceMetadata.open(environment, metadata)
            .session()
            .flatMap(InstanceMetadata::region)
            .orElseThrow(
                () ->
                    Texts.REGION_UNKNOWN.transientFailure(
                        FailureCode.UNAVAILABLE, String.join(Texts.NOR.with(), REGIONS))),
        Texts.METADATA_SERVICE.with());
  }

  /** It becomes part of a host's name. */
  private static String known(String region, String who) throws BackendFailure {
    if (!region.matches(REGION)) {
      throw Texts.NO_REGION.permanent(FailureCode.MISCONFIGURED, who);
    }
    return region;
  }

  @Override
  public void close() {
    metadata.close();
  }
}
