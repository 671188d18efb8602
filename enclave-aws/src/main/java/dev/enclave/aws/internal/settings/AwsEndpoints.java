package dev.enclave.aws.internal.settings;

import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.PartitionEndpointKey;
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

  /** Decides, and refuses what must not be, here. */
  public static AwsEndpoints of(AwsSettings settings, AwsRegion region, BackendContext context)
      throws BackendFailure {
    Service kms = new Service("KMS", AwsSettings.ENDPOINT, settings, region, context);
    Service sts = new Service("STS", AwsSettings.STS_ENDPOINT, settings, region, context);
    Origin kmsAt = kms.at(settings.endpoint());
    // Credentials that are not AWS's are for whoever answers where KMS is: AWS's own STS does not
    // know them, and has no business with them.
    Origin stsAt =
        sts.at(
            settings
                .stsEndpoint()
                .or(() -> settings.endpoint().filter(o -> !kms.strict() && !kms.isOfAws(o))));
    return new AwsEndpoints(
        kmsAt, stsAt, kms.isOfAws(kmsAt), sts.isOfAws(stsAt), kms.isTrusted(kmsAt));
  }

  /** A service with an endpoint. */
  private record Service(
      String name, String setting, AwsSettings settings, AwsRegion region, BackendContext context) {

    Origin at(Optional<Origin> configured) throws BackendFailure {
      Origin origin = configured.orElseGet(this::regional);
      String named = Texts.SETTING_IS.with(settings.section().fullName(setting), origin);
      if (strict() && !origin.tls()) {
        throw Texts.WITHOUT_TLS.permanent(FailureCode.REFUSED, named, context.environment());
      }
      if (strict() && !isTrusted(origin)) {
        throw Texts.NO_ENDPOINT_OF_AWS.permanent(
            FailureCode.REFUSED,
            named,
            name,
            region.id(),
            context.environment(),
            settings.section().fullName(AwsSettings.ALLOWED_ENDPOINTS));
      }
      requireNotRedirected(origin);
      return origin;
    }

    boolean strict() {
      return context.environment().isStrict();
    }

    private String id() {
      return name.toLowerCase(Locale.ROOT);
    }

    /** From the SDK's own table of partitions, which no variable and no file changes. */
    private Origin regional() {
      List<EndpointTag> tags = new ArrayList<>();
      if (isTrue("AWS_USE_FIPS_ENDPOINT")) {
        tags.add(EndpointTag.FIPS);
      }
      if (isTrue("AWS_USE_DUALSTACK_ENDPOINT")) {
        tags.add(EndpointTag.DUALSTACK);
      }
      ServiceEndpointKey key =
          ServiceEndpointKey.builder().region(Region.of(region.id())).tags(tags).build();
      return Origin.of(ServiceMetadata.of(id()).endpointFor(key).toString());
    }

    private boolean isTrue(String variable) {
      return context.snapshot().variable(variable).filter("true"::equalsIgnoreCase).isPresent();
    }

    boolean isTrusted(Origin origin) {
      return isOfAws(origin) || settings.allowedEndpoints().contains(origin);
    }

    /**
     * Hosts that only AWS can have a certificate for: the service's own in this region, plain,
     * FIPS, dual-stack or of a VPC endpoint. Any host below AWS's domains will not do: balancers,
     * buckets and APIs of all customers lie there too.
     */
    boolean isOfAws(Origin origin) {
      PartitionMetadata partition = PartitionMetadata.of(Region.of(region.id()));
      PartitionEndpointKey dualStack =
          PartitionEndpointKey.builder().tags(EndpointTag.DUALSTACK).build();
      String host = id() + "(-fips)?\\." + Pattern.quote(region.id()) + "\\.";
      String plain = Pattern.quote(partition.dnsSuffix());
      return origin.tls()
          && origin.port() == 443
          && origin
              .host()
              .matches(
                  "%1$s(%2$s|%3$s)|vpce-[a-z0-9-]{1,60}\\.%1$svpce\\.%2$s"
                      .formatted(host, plain, Pattern.quote(partition.dnsSuffix(dualStack))));
    }

    /**
     * Nobody is to believe that a variable moved the requests, and nobody is to try: one that
     * would, in another program, stops this one.
     */
    private void requireNotRedirected(Origin origin) throws BackendFailure {
      if (isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
        return;
      }
      String own = "aws.endpointUrl" + name.charAt(0) + id().substring(1);
      for (String by :
          List.of(own, "AWS_ENDPOINT_URL_" + name, "aws.endpointUrl", "AWS_ENDPOINT_URL")) {
        boolean property = by.startsWith("aws.");
        Optional<String> redirection =
            property ? context.snapshot().property(by) : context.snapshot().variable(by);
        Optional<Origin> wanted = redirection.flatMap(value -> Origin.parse(value.strip()));
        if (wanted
            .filter(w -> w.equals(origin) || settings.allowedEndpoints().contains(w))
            .isPresent()) {
          return;
        }
        if (redirection.isPresent()) {
          throw Texts.WOULD_REDIRECT.permanent(
              FailureCode.REFUSED,
              property ? Texts.SYSTEM_PROPERTY.with() : Texts.VARIABLE_BEFORE.with(),
              by,
              name,
              origin,
              settings.section().fullName(setting));
        }
      }
    }
  }
}
