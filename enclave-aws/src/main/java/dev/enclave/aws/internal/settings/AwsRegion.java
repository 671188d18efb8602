package dev.enclave.aws.internal.settings;

import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.workload.InstanceMetadata;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * The region, and who said so: the setting, then the platform's variables, then the instance
 * metadata service. Nothing else: no profile file, no system property.
 *
 * @param id such as {@code eu-west-1}
 * @param partition such as {@code aws}
 */
public record AwsRegion(String id, String partition) {

  /** Finds it; fails where there is none, or none that AWS has. */
  public static AwsRegion of(
      AwsSettings settings, EnvironmentSnapshot environment, MetadataService metadata)
      throws BackendFailure {
    Optional<AwsRegion> named = named(settings, environment);
    if (named.isPresent()) {
      return named.get();
    }
    InstanceMetadata.Access access = InstanceMetadata.open(environment, metadata);
    Optional<String> placement = access.session().flatMap(InstanceMetadata::region);
    if (placement.isPresent()) {
      return known(settings, Texts.METADATA_SERVICE.with(), placement.get());
    }
    String setting = settings.section().fullName(AwsSettings.REGION);
    throw Texts.NO_REGION.permanent(
        FailureCode.MISCONFIGURED,
        setting,
        String.join(Texts.AND.with(), AwsWorkload.REGIONS),
        access.session().isPresent() ? Texts.NAMES_NONE.with() : ": " + access.reason());
  }

  /** The one that settings or variables name: without a network. */
  public static Optional<AwsRegion> named(AwsSettings settings, EnvironmentSnapshot environment)
      throws BackendFailure {
    if (settings.region().isPresent()) {
      String who = Texts.SETTING.with(settings.section().fullName(AwsSettings.REGION));
      return Optional.of(known(settings, who, settings.region().get()));
    }
    for (String variable : AwsWorkload.REGIONS) {
      Optional<String> value = environment.variable(variable);
      if (value.isPresent()) {
        return Optional.of(known(settings, Texts.VARIABLE.with(variable), value.get().strip()));
      }
    }
    return Optional.empty();
  }

  private static AwsRegion known(AwsSettings settings, String who, String id)
      throws BackendFailure {
    Region region = Region.of(id.matches("[a-z0-9-]{1,32}") ? id : "none");
    boolean known = Region.regions().contains(region) && !region.isGlobalRegion();
    // A region younger than this library can be used all the same, once its endpoint is named.
    boolean young =
        settings.endpoint().isPresent()
            && settings.stsEndpoint().isPresent()
            && id.matches(PartitionMetadata.of(region).regionRegex());
    if (!known && !young) {
      throw Texts.NO_SUCH_REGION.permanent(
          FailureCode.MISCONFIGURED,
          who,
          Quoted.of(id),
          alike(id),
          settings.section().fullName(AwsSettings.ENDPOINT),
          settings.section().fullName(AwsSettings.STS_ENDPOINT));
    }
    return new AwsRegion(id, PartitionMetadata.of(region).id());
  }

  private static String alike(String id) {
    String beginning = id.substring(0, id.indexOf('-') + 1);
    String alike =
        Region.regions().stream()
            .filter(known -> !known.isGlobalRegion())
            .map(Region::id)
            .filter(known -> !beginning.isEmpty() && known.startsWith(beginning))
            .sorted()
            .collect(Collectors.joining(", "));
    return alike.isEmpty() ? Texts.SUCH_AS.with() : Texts.THERE_ARE.with(alike);
  }
}
