package dev.enclave.scenarios;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.core.internal.resolve.Resolver.Candidate;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;
import java.util.function.Predicate;

/**
 * Stands in for a backend that does not exist yet: what it would say of a place, and the best it
 * could give. Their ids are pinned to classes of ours, so they go to the resolver directly.
 *
 * @param id of the backend
 * @param ceiling what the real one can give at best
 * @param settings what it would declare
 * @param belongs whether the detectors found its place
 * @param addressed whether it was told, or can see, what to use there
 */
record StandIn(
    BackendId id,
    Assurance ceiling,
    List<SettingSpec> settings,
    Predicate<DetectionContext> belongs,
    Predicate<DetectionContext> addressed) {

  static final List<StandIn> ALL =
      List.of(
          new StandIn(
              BackendId.AWS_KMS,
              Assurance.HSM,
              List.of(SettingSpec.of("region", "The region, for example eu-west-1.")),
              context -> anyPlace(context, "aws"),
              context ->
                  context.settings().get("region").isPresent()
                      || context.environment().variable("AWS_REGION").isPresent()),
          new StandIn(
              BackendId.AZURE_KEYVAULT,
              Assurance.HSM,
              List.of(SettingSpec.of("vault-url", "The vault, for example https://….")),
              context -> anyPlace(context, "azure"),
              context -> context.settings().get("vault-url").isPresent()),
          new StandIn(
              BackendId.GCP_KMS,
              Assurance.HSM,
              List.of(SettingSpec.of("key-ring", "The key ring, for example projects/….")),
              context -> anyPlace(context, "gcp"),
              context -> context.settings().get("key-ring").isPresent()),
          new StandIn(
              BackendId.KUBERNETES,
              Assurance.HSM_WRAPPED,
              List.of(SettingSpec.of("kek", "What seals the Secrets, for example aws-kms:….")),
              context -> context.place("kubernetes") instanceof Detection.Present,
              context -> context.settings().get("kek").isPresent()),
          new StandIn(
              BackendId.OS,
              Assurance.OS_SEALED,
              List.of(),
              StandIn::hasOperatingSystemStore,
              context -> true),
          new StandIn(
              BackendId.SOFTWARE,
              Assurance.SOFTWARE,
              List.of(SettingSpec.of("directory", "Where the files lie, for example /data/keys.")),
              context -> true,
              context -> true));

  private static boolean anyPlace(DetectionContext context, String cloud) {
    return context.places().entrySet().stream()
        .filter(place -> place.getKey().equals(cloud) || place.getKey().startsWith(cloud + "-"))
        .anyMatch(place -> place.getValue() instanceof Detection.Present);
  }

  /** A desktop on Linux brings a Secret Service; a bus alone does not. */
  private static boolean hasOperatingSystemStore(DetectionContext context) {
    String os = context.environment().property("os.name").orElse("");
    return os.startsWith("Windows")
        || os.startsWith("Mac")
        || (context.environment().variable("DBUS_SESSION_BUS_ADDRESS").isPresent()
            && context.environment().variable("XDG_CURRENT_DESKTOP").isPresent());
  }

  Candidate candidate(DetectionContext context) {
    Detection detection =
        belongs.test(context)
            ? addressed.test(context)
                ? Detection.present("its place was found")
                : new Detection.Absent("no address is set")
            : new Detection.Absent("its place was not found");
    return new Candidate(id, ceiling, detection);
  }
}
