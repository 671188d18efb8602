package dev.enclave.core.internal.config;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SettingSpec;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The names a setting may have: the engine's own and those the providers declare. Immutable. */
public final class SettingNames {

  public static final String PREFIX = "enclave.";
  public static final String KEYS = "enclave.keys.";

  /** After the name of an adopted key. */
  private static final String ACCEPT_UNREADABLE_STAMP = ".accept-unreadable-stamp";

  /** After the id of a backend, whatever else the backend may be set. */
  private static final String BORROWED_KEK = ".kek";

  public static final String ENVIRONMENT = "enclave.environment";
  public static final String BACKEND = "enclave.backend";
  public static final String PRECEDENCE = "enclave.precedence";
  public static final String MINIMUM_ASSURANCE = "enclave.minimum-assurance";
  public static final String ALGORITHMS = "enclave.algorithms";
  public static final String BACKENDS = "enclave.backends";
  public static final String ROTATION_INTERVAL = "enclave.rotation.interval";
  public static final String ROTATION_AUTOMATIC = "enclave.rotation.automatic";
  public static final String ROTATION_PUBLISH_AHEAD = "enclave.rotation.publish-ahead";
  public static final String ROTATION_VERIFY_FOR = "enclave.rotation.verify-for";
  public static final String ROTATION_DESTROY_AFTER = "enclave.rotation.destroy-after";
  public static final String ROTATION_CACHE_TIME = "enclave.rotation.cache-time";
  public static final String MIGRATION_APPROVERS = "enclave.migration.approvers";
  public static final String MIGRATION_QUORUM = "enclave.migration.quorum";
  public static final String MIGRATION_VALIDITY = "enclave.migration.validity";
  public static final String MIGRATION_FOLLOW = "enclave.migration.follow";
  public static final String MIGRATION_DESTROY_AFTER = "enclave.migration.destroy-after";
  public static final String READING_MAXIMUM_AGE = "enclave.reading.maximum-age";
  public static final String FALLBACK = "enclave.fallback";
  public static final String FALLBACK_MINIMUM_ASSURANCE = "enclave.fallback.minimum-assurance";
  public static final String FALLBACK_VALID_FOR = "enclave.fallback.valid-for";
  public static final String FALLBACK_DEPLOYMENT = "enclave.fallback.deployment";
  public static final String AUDIT_DIRECTORY = "enclave.audit.directory";
  public static final String AUDIT_RETENTION = "enclave.audit.retention";
  public static final String AUDIT_COUNTERSIGN = "enclave.audit.countersign";
  public static final String AUDIT_SINK = "enclave.audit.sink";

  /** What deferred operations are set by. */
  public static final String JOBS = "enclave.jobs.";

  public static final String JOBS_KEK = "enclave.jobs.kek";
  public static final String JOBS_DIRECTORY = "enclave.jobs.directory";
  public static final String JOBS_DEPLOYMENT = "enclave.jobs.deployment";
  public static final String JOBS_EXPIRY = "enclave.jobs.expiry";
  public static final String JOBS_MODE = "enclave.jobs.mode";

  /** Lent wrapping keys that callers may use too. */
  public static final String LENT_KEYS_OPEN_TO_CALLERS = "enclave.lent-keys-open-to-callers";

  public static final String ACKNOWLEDGE = "enclave.acknowledge-reduced-security";
  public static final String MAY_BE_LOWERED = "enclave.may-be-lowered";

  private static final List<String> OWN =
      List.of(
          ENVIRONMENT,
          BACKEND,
          PRECEDENCE,
          MINIMUM_ASSURANCE,
          ALGORITHMS,
          BACKENDS,
          ROTATION_INTERVAL,
          ROTATION_AUTOMATIC,
          ROTATION_PUBLISH_AHEAD,
          ROTATION_VERIFY_FOR,
          ROTATION_DESTROY_AFTER,
          ROTATION_CACHE_TIME,
          MIGRATION_APPROVERS,
          MIGRATION_QUORUM,
          MIGRATION_VALIDITY,
          MIGRATION_FOLLOW,
          MIGRATION_DESTROY_AFTER,
          READING_MAXIMUM_AGE,
          FALLBACK,
          FALLBACK_MINIMUM_ASSURANCE,
          FALLBACK_VALID_FOR,
          FALLBACK_DEPLOYMENT,
          AUDIT_DIRECTORY,
          AUDIT_RETENTION,
          AUDIT_COUNTERSIGN,
          AUDIT_SINK,
          JOBS_KEK,
          JOBS_DIRECTORY,
          JOBS_DEPLOYMENT,
          JOBS_EXPIRY,
          JOBS_MODE,
          LENT_KEYS_OPEN_TO_CALLERS,
          ACKNOWLEDGE,
          MAY_BE_LOWERED);

  /** One configuration serves several deployments, so sections of absent backends are let be. */
  private static final List<BackendId> WELL_KNOWN =
      List.of(
          BackendId.AWS_KMS,
          BackendId.AZURE_KEYVAULT,
          BackendId.GCP_KMS,
          BackendId.KUBERNETES,
          BackendId.OS,
          BackendId.SOFTWARE);

  private final Map<String, Boolean> secretByName = new LinkedHashMap<>();
  private final Set<String> openSections = new TreeSet<>();

  /**
   * @param backends per backend on the class path, the settings it declares
   */
  public SettingNames(Map<BackendId, ? extends Collection<SettingSpec>> backends) {
    OWN.forEach(name -> secretByName.put(name, false));
    backends.keySet().forEach(SettingNames::requireOwnSection);
    backends.forEach(
        (id, specs) ->
            specs.forEach(
                spec -> secretByName.put(PREFIX + id + "." + spec.name(), spec.secret())));
    WELL_KNOWN.stream()
        .filter(id -> !backends.containsKey(id))
        .forEach(id -> openSections.add(PREFIX + id + "."));
  }

  /** A backend called keys or audit would read, or redefine, what is the engine's. */
  private static void requireOwnSection(BackendId id) {
    String section = PREFIX + id + ".";
    if (section.equals(KEYS) || OWN.stream().anyMatch(name -> name.startsWith(section))) {
      throw new ConfigurationException(
          ErrorCode.BACKEND_CONTRACT,
          "Backend id "
              + id
              + " is a word of the configuration: "
              + section
              + "* belongs to the engine.",
          "Give the provider another id.");
    }
  }

  /** The engine's own, but for those of single keys. */
  public static List<String> own() {
    return OWN;
  }

  boolean knows(String name) {
    return secretByName.containsKey(name)
        || adopts(name)
        || acceptsUnreadableStamp(name)
        || ofAbsentBackend(name);
  }

  /** Whether the setting adopts a key. */
  static boolean adopts(String name) {
    return name.startsWith(KEYS)
        && name.length() > KEYS.length()
        && name.indexOf('.', KEYS.length()) < 0;
  }

  /** Whether the setting accepts that an adopted key's stamp cannot be read. */
  static boolean acceptsUnreadableStamp(String name) {
    return name.endsWith(ACCEPT_UNREADABLE_STAMP)
        && adopts(name.substring(0, name.length() - ACCEPT_UNREADABLE_STAMP.length()));
  }

  /** Whether the setting names the wrapping key that a backend borrows. */
  static boolean borrows(String name) {
    return name.endsWith(BORROWED_KEK)
        && !name.equals(JOBS_KEK)
        && name.indexOf('.', PREFIX.length()) == name.length() - BORROWED_KEK.length();
  }

  /** The setting by which the stamp of an adopted key need not be readable. */
  public static String acceptUnreadableStamp(KeyName key) {
    return KEYS + key + ACCEPT_UNREADABLE_STAMP;
  }

  /** Whether the setting belongs to a well-known backend whose provider is not here. */
  boolean ofAbsentBackend(String name) {
    return openSections.stream().anyMatch(name::startsWith);
  }

  /** Whether the value must not be shown; so is everything of a provider that cannot be asked. */
  boolean isSecret(String name) {
    return secretByName.getOrDefault(name, ofAbsentBackend(name));
  }

  /** The setting an {@code ENCLAVE_*} variable stands for; none if there is no such setting. */
  Optional<String> ofVariable(String variable) {
    for (String name : secretByName.keySet()) {
      if (variableOf(name).equals(variable)) {
        return Optional.of(name);
      }
    }
    if (variable.startsWith("ENCLAVE_KEYS_")) {
      String rest = variable.substring("ENCLAVE_KEYS_".length());
      String accepting = variableOf(ACCEPT_UNREADABLE_STAMP);
      boolean accepts = rest.endsWith(accepting);
      String key = accepts ? rest.substring(0, rest.length() - accepting.length()) : rest;
      return Optional.of(
          KEYS
              + key.toLowerCase(Locale.ROOT).replace('_', '-')
              + (accepts ? ACCEPT_UNREADABLE_STAMP : ""));
    }
    for (String section : openSections) {
      String start = variableOf(section);
      if (variable.startsWith(start) && variable.length() > start.length()) {
        return Optional.of(
            section
                + variable.substring(start.length()).toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }
    return Optional.empty();
  }

  static String variableOf(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The known name most like {@code name}; one that it abbreviates comes first. */
  String nearest(String name) {
    int dot = name.startsWith(KEYS) ? name.indexOf('.', KEYS.length()) : -1;
    if (dot > KEYS.length()) {
      return name.substring(0, dot) + ACCEPT_UNREADABLE_STAMP;
    }
    return secretByName.keySet().stream()
        .min(
            Comparator.comparing((String known) -> !known.startsWith(name))
                .thenComparingInt(known -> EditDistance.between(known, name)))
        .orElse(ENVIRONMENT);
  }
}
