package dev.enclave.core.internal.config;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Scale.Usual;
import dev.enclave.error.EnclaveException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The settings by which a later source could lower what an earlier one stated, and which of two
 * values is the stricter. {@link NotLowering} has all others.
 */
public final class Strictness {

  private static final Function<String, Boolean> TRUTH = PolicySettings::truth;

  private static final Map<String, Scale<?>> SCALES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  SettingNames.ENVIRONMENT,
                  Scale.least(Configuration.constant(EnvironmentType.class))),
              Map.entry(
                  SettingNames.MINIMUM_ASSURANCE,
                  Scale.of(Configuration.constant(Assurance.class), Assurance::atLeast)
                      .everywhere(
                          type ->
                              Configuration.spelled(
                                  SecurityPolicy.defaultsFor(type).minimumAssurance()))),
              Map.entry(SettingNames.BACKENDS, within(BackendId::new)),
              Map.entry(SettingNames.ALGORITHMS, within(KeyAlgorithm::parse)),
              Map.entry(
                  SettingNames.ROTATION_INTERVAL,
                  Scale.of(PolicySettings::rotation, Strictness::asOften)
                      .usually(SecurityPolicy.defaultsFor(EnvironmentType.PRODUCTION).rotation())),
              Map.entry(
                  SettingNames.ROTATION_AUTOMATIC,
                  Scale.greatest(Configuration.constant(Switch.class)).usually("on")),
              Map.entry(
                  SettingNames.ROTATION_VERIFY_FOR,
                  Scale.fixed(PolicySettings::versionTime).usuallyUnset()),
              Map.entry(
                  SettingNames.ROTATION_DESTROY_AFTER,
                  Scale.greatest(PolicySettings::versionTime).usuallyUnset()),
              Map.entry(
                  SettingNames.READING_MAXIMUM_AGE,
                  Scale.least(PolicySettings::readingAge)
                      .usually(PolicySettings.DEFAULT_READING_AGE)),
              Map.entry(
                  SettingNames.MIGRATION_APPROVERS,
                  within(PolicySettings::fingerprint).usuallyUnset()),
              Map.entry(
                  SettingNames.MIGRATION_QUORUM,
                  Scale.greatest(PolicySettings::quorum).usually(PolicySettings.DEFAULT_QUORUM)),
              Map.entry(
                  SettingNames.MIGRATION_VALIDITY,
                  Scale.least(PolicySettings::planValidity)
                      .usually(PolicySettings.DEFAULT_PLAN_VALIDITY)),
              Map.entry(SettingNames.MIGRATION_FOLLOW, Scale.least(TRUTH).usually(false)),
              Map.entry(
                  SettingNames.MIGRATION_DESTROY_AFTER,
                  Scale.greatest(PolicySettings::destroyAfter)
                      .usually(PolicySettings.DEFAULT_DESTROY_AFTER)),
              Map.entry(
                  SettingNames.FALLBACK,
                  Scale.greatest(Configuration.constant(FallbackChoice.class)).usually("disabled")),
              Map.entry(
                  SettingNames.FALLBACK_MINIMUM_ASSURANCE,
                  Scale.of(Configuration.constant(Assurance.class), Assurance::atLeast)
                      .usuallyUnset()),
              Map.entry(
                  SettingNames.FALLBACK_VALID_FOR,
                  Scale.least(PolicySettings::fallbackValidFor)
                      .usually(PolicySettings.DEFAULT_VALID_FOR)),
              Map.entry(
                  SettingNames.LENT_KEYS_OPEN_TO_CALLERS, within(NamedKey::parse).usuallyUnset()),
              Map.entry(SettingNames.ACKNOWLEDGE, Scale.least(TRUTH).usually(false)),
              Map.entry(
                  SettingNames.AUDIT_COUNTERSIGN,
                  Scale.greatest(Configuration.constant(CountersignChoice.class)).usually("auto")),
              Map.entry(
                  SettingNames.AUDIT_RETENTION,
                  Scale.fixed(PolicySettings::retention).usuallyUnset()),
              Map.entry(
                  SettingNames.AUDIT_SINK,
                  Scale.of(AuditSinks::parse, AuditSinks::keepsAllOf).usually("file")),
              Map.entry(SettingNames.JOBS_EXPIRY, Scale.least(Strictness::duration)),
              Map.entry("enclave.aws-kms.account-id", Scale.fixed(Function.identity())),
              Map.entry("enclave.aws-kms.allowed-endpoints", within(String::strip).usuallyUnset()),
              Map.entry(
                  "enclave.aws-kms.trusted-certificate",
                  Scale.fixed(Function.identity()).usuallyUnset()),
              Map.entry(
                  "enclave.aws-kms.pending-window-days",
                  Scale.greatest(Integer::valueOf).usually(30)),
              Map.entry(
                  "enclave.azure-keyvault.allowed-endpoints", within(String::strip).usuallyUnset()),
              Map.entry(
                  "enclave.azure-keyvault.trusted-certificate",
                  Scale.fixed(Function.identity()).usuallyUnset()),
              Map.entry(
                  "enclave.azure-keyvault.rotation-by-vault",
                  Scale.fixed(Function.identity()).usually("ignored")),
              Map.entry("enclave.azure-keyvault.regions", Scale.fixed(Function.identity())),
              Map.entry("enclave.gcp-kms.allowed-endpoints", within(String::strip).usuallyUnset()),
              Map.entry(
                  "enclave.gcp-kms.endpoint-certificate",
                  Scale.fixed(Function.identity()).usuallyUnset()),
              Map.entry(
                  "enclave.kubernetes.data-key-lifetime",
                  Scale.least(Strictness::duration).usually("PT1H"))));

  /** Of each adopted key: which key of the provider has that name. */
  private static final Scale<String> ADOPTION =
      Scale.<String>fixed(Function.identity()).usuallyUnset();

  /** Of each adopted key: whether its stamp need not be readable. */
  private static final Scale<Boolean> ACCEPTANCE = Scale.least(TRUTH).usually(false);

  private Strictness() {}

  static boolean has(String name) {
    return find(name).isPresent();
  }

  /** All but those of single adopted keys. */
  public static Set<String> names() {
    return SCALES.keySet();
  }

  static boolean readable(String name, String value) {
    try {
      return atLeast(name, value, value);
    } catch (IllegalArgumentException | EnclaveException e) {
      return false;
    }
  }

  /** Whether {@code later} is as strict as {@code earlier}, or stricter; both are readable. */
  static boolean atLeast(String name, String later, String earlier) {
    return scale(name).compare(later, earlier);
  }

  /** Whether one value can be stricter than another; else what was stated stays. */
  static boolean ordered(String name) {
    return scale(name).ordered();
  }

  /** What a source that declares an environment type states of a setting by that. */
  static Optional<Usual> usual(String name, EnvironmentType type) {
    return find(name).flatMap(scale -> scale.usual().apply(type));
  }

  private static Optional<Scale<?>> find(String name) {
    if (SettingNames.adopts(name)) {
      return Optional.of(ADOPTION);
    }
    return SettingNames.acceptsUnreadableStamp(name)
        ? Optional.of(ACCEPTANCE)
        : Optional.ofNullable(SCALES.get(name));
  }

  private static Scale<?> scale(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException(name + " is no setting of the policy"));
  }

  /** The environment type of a readable value. */
  static Optional<EnvironmentType> environment(String value) {
    return readable(SettingNames.ENVIRONMENT, value)
        ? Optional.of(Configuration.constant(EnvironmentType.class).apply(value))
        : Optional.empty();
  }

  private static <T> Scale<?> within(Function<String, T> reader) {
    return Scale.of(Configuration.list(reader), (a, b) -> b.containsAll(a));
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException("no duration");
  }

  private static boolean asOften(RotationInterval one, RotationInterval other) {
    Optional<Duration> limit = other.period();
    return limit.isEmpty() || one.period().filter(p -> p.compareTo(limit.get()) <= 0).isPresent();
  }
}
