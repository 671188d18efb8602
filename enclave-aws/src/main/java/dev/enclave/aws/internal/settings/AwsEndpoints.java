package dev.enclave.aws.internal.settings;

import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceEndpointKey;
import software.amazon.awssdk.regions.ServiceMetadata;

/**
 * Where requests go: the region's own endpoints, or those that settings name. A variable can ask
 * for AWS's FIPS or dual-stack endpoints and cannot send anything anywhere else.
 *
 * @param kms where KMS is
 * @param sts where STS is
 * @param kmsOfAws whether KMS is at an endpoint of AWS's own
 * @param stsOfAws whether STS is at one
 * @param trusted whether KMS is, or is at one the operator trusts
 */
public record AwsEndpoints(
    Origin kms, Origin sts, boolean kmsOfAws, boolean stsOfAws, boolean trusted) {

  /** A service with an endpoint. */
  private enum Service {
    KMS("kms", AwsSettings.ENDPOINT, "AWS_ENDPOINT_URL_KMS", "aws.endpointUrlKms"),
    STS("sts", AwsSettings.STS_ENDPOINT, "AWS_ENDPOINT_URL_STS", "aws.endpointUrlSts");

    private final String id;
    private final String setting;
    private final String variable;
    private final String property;

    Service(String id, String setting, String variable, String property) {
      this.id = id;
      this.setting = setting;
      this.variable = variable;
      this.property = property;
    }

    Optional<Origin> configured(AwsSettings settings) {
      return this == KMS ? settings.endpoint() : settings.stsEndpoint();
    }
  }

  /**
   * Decides and checks.
   *
   * @throws BackendFailure {@link FailureCode#REFUSED} for what must not be, here
   */
  public static AwsEndpoints of(AwsSettings settings, AwsRegion region, BackendContext context)
      throws BackendFailure {
    Origin kms = of(Service.KMS, settings, region, context);
    Origin sts = of(Service.STS, settings, region, context);
    return new AwsEndpoints(
        kms,
        sts,
        isOfAws(Service.KMS, kms, region),
        isOfAws(Service.STS, sts, region),
        trusted(Service.KMS, kms, settings, region));
  }

  private static Origin of(
      Service service, AwsSettings settings, AwsRegion region, BackendContext context)
      throws BackendFailure {
    Optional<Origin> foreign =
        service == Service.STS ? foreignKms(settings, region, context) : Optional.empty();
    Origin origin =
        service
            .configured(settings)
            .or(() -> foreign)
            .orElseGet(() -> regional(service, region, context.snapshot()));
    if (context.environment().isStrict()) {
      requireTls(service, origin, settings, context);
      requireTrusted(service, origin, settings, region, context);
    }
    requireNotRedirected(service, origin, settings, context.snapshot());
    return origin;
  }

  /**
   * Where KMS is, if that is not AWS's and may be so here: the credentials are for whoever answers
   * there. AWS's own STS does not know them, and has no business with them.
   */
  private static Optional<Origin> foreignKms(
      AwsSettings settings, AwsRegion region, BackendContext context) {
    return context.environment().isStrict()
        ? Optional.empty()
        : settings.endpoint().filter(origin -> !isOfAws(Service.KMS, origin, region));
  }

  /** From the SDK's own table of partitions, which no variable and no file changes. */
  private static Origin regional(
      Service service, AwsRegion region, EnvironmentSnapshot environment) {
    List<EndpointTag> tags = new ArrayList<>();
    if (isTrue(environment, "AWS_USE_FIPS_ENDPOINT")) {
      tags.add(EndpointTag.FIPS);
    }
    if (isTrue(environment, "AWS_USE_DUALSTACK_ENDPOINT")) {
      tags.add(EndpointTag.DUALSTACK);
    }
    ServiceEndpointKey key =
        ServiceEndpointKey.builder().region(Region.of(region.id())).tags(tags).build();
    return Origin.of(ServiceMetadata.of(service.id).endpointFor(key).toString());
  }

  private static boolean isTrue(EnvironmentSnapshot environment, String variable) {
    return environment.variable(variable).filter("true"::equalsIgnoreCase).isPresent();
  }

  private static void requireTls(
      Service service, Origin origin, AwsSettings settings, BackendContext context)
      throws BackendFailure {
    if (!origin.tls()) {
      throw refused(
          "Setting "
              + settings.fullName(service.setting)
              + " is "
              + origin
              + ", without TLS, which "
              + context.environment()
              + " refuses.",
          "Write https, or remove the setting.");
    }
  }

  private static void requireTrusted(
      Service service,
      Origin origin,
      AwsSettings settings,
      AwsRegion region,
      BackendContext context)
      throws BackendFailure {
    if (!trusted(service, origin, settings, region)) {
      throw refused(
          "Setting "
              + settings.fullName(service.setting)
              + " is "
              + origin
              + ", which is no endpoint of AWS "
              + service
              + " in "
              + region.id()
              + ", and "
              + context.environment()
              + " refuses others.",
          "Remove the setting; or, if you trust whoever answers there with"
              + " your keys, put exactly that into "
              + settings.fullName(AwsSettings.ALLOWED_ENDPOINTS)
              + " too.");
    }
  }

  private static boolean trusted(
      Service service, Origin origin, AwsSettings settings, AwsRegion region) {
    return isOfAws(service, origin, region) || settings.allowedEndpoints().contains(origin);
  }

  /**
   * Hosts that only AWS can have a certificate for: the service's own in this region, plain, FIPS,
   * dual-stack or of a VPC endpoint. Any host below AWS's domains will not do: balancers, buckets
   * and APIs of all customers lie there too.
   */
  private static boolean isOfAws(Service service, Origin origin, AwsRegion region) {
    if (!origin.tls() || origin.port() != 443) {
      return false;
    }
    PartitionMetadata partition = PartitionMetadata.of(Region.of(region.id()));
    String host = service.id + "(-fips)?\\." + Pattern.quote(region.id()) + "\\.";
    String plain = Pattern.quote(partition.dnsSuffix());
    String dualStack =
        Pattern.quote(
            partition.dnsSuffix(
                software.amazon.awssdk.regions.PartitionEndpointKey.builder()
                    .tags(EndpointTag.DUALSTACK)
                    .build()));
    return origin
        .host()
        .matches(
            host
                + plain
                + "|"
                + host
                + dualStack
                + "|vpce-[a-z0-9-]{1,60}\\."
                + host
                + "vpce\\."
                + plain);
  }

  /**
   * Nobody is to believe that a variable moved the requests, and nobody is to try: one that would,
   * in another program, stops this one.
   */
  private static void requireNotRedirected(
      Service service, Origin origin, AwsSettings settings, EnvironmentSnapshot environment)
      throws BackendFailure {
    if (isTrue(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
      return;
    }
    Optional<Redirection> redirection =
        Redirection.property(environment, service.property)
            .or(() -> Redirection.variable(environment, service.variable))
            .or(() -> Redirection.property(environment, "aws.endpointUrl"))
            .or(() -> Redirection.variable(environment, "AWS_ENDPOINT_URL"));
    if (redirection.isEmpty()) {
      return;
    }
    Optional<Origin> wanted = Origin.parse(redirection.get().value().strip());
    if (wanted.filter(w -> w.equals(origin) || settings.allowedEndpoints().contains(w)).isEmpty()) {
      throw refused(
          redirection.get().named()
              + " would send requests for AWS "
              + service
              + " elsewhere than to "
              + origin
              + ", and Enclave does not follow it.",
          "Unset it; or set " + settings.fullName(service.setting) + " to what you want.");
    }
  }

  private record Redirection(String named, String value) {

    static Optional<Redirection> variable(EnvironmentSnapshot environment, String name) {
      return environment.variable(name).map(v -> new Redirection("Variable " + name, v));
    }

    static Optional<Redirection> property(EnvironmentSnapshot environment, String name) {
      return environment.property(name).map(v -> new Redirection("System property " + name, v));
    }
  }

  private static BackendFailure refused(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.REFUSED, observed, advice);
  }
}
