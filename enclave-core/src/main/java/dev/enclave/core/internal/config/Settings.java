package dev.enclave.core.internal.config;

import static dev.enclave.core.internal.config.Setting.choice;
import static dev.enclave.core.internal.config.Setting.duration;
import static dev.enclave.core.internal.config.Setting.list;
import static dev.enclave.core.internal.config.Setting.text;
import static dev.enclave.core.internal.config.Setting.truth;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.Fallback;
import dev.enclave.Fingerprint;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.config.Setting.Implied;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table of settings: the engine's own, how each is read, what holds where it is not set, and of
 * these and the providers' whether a later source could lower what an earlier one stated.
 */
public final class Settings {

  public static final String PREFIX = "enclave.";
  public static final String KEYS = "enclave.keys.";

  /** What deferred operations are set by. */
  public static final String JOBS = "enclave.jobs.";

  /** After the name of an adopted key. */
  static final String ACCEPT_UNREADABLE_STAMP = ".accept-unreadable-stamp";

  /** After the id of a backend, whatever else the backend may be set. */
  private static final String BORROWED_KEK = ".kek";

  private static final String VERSION_TIME =
      "an ISO 8601 duration of a second or more, such as P7D";
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration ANY = Duration.ofSeconds(Long.MAX_VALUE);

  private static final Map<String, Setting<?>> OWN = new LinkedHashMap<>();

  /** The names of those by which a later source lowers nothing; of these the later value wins. */
  private static final Map<String, Set<String>> LOWERING_NOTHING = new TreeMap<>();

  private static final String CHOOSES =
      "chooses among what the policy allows: assurance, origin and stamp of each key are checked"
          + " wherever it lives";
  private static final String OF_VERIFIERS =
      "says what verifiers do, or helps them: neither end protects a key more";
  private static final String PLACE =
      "names a place, of which none is the stricter one; the record of the start shows it";
  private static final String WAITING =
      "says how operations wait: each is decided by the policy when it is carried out";

  public static final Setting<EnvironmentType> ENVIRONMENT =
      own(choice("enclave.environment", EnvironmentType.class).stricter(Setting::least));
  public static final Setting<BackendId> BACKEND =
      own(CHOOSES, Setting.of("enclave.backend", "a backend id such as aws-kms", BackendId::new));
  public static final Setting<List<BackendId>> PRECEDENCE =
      own(CHOOSES, list("enclave.precedence", "backend ids such as aws-kms,os", BackendId::new));
  public static final Setting<Assurance> MINIMUM_ASSURANCE =
      own(
          choice("enclave.minimum-assurance", Assurance.class)
              .stricter(Assurance::atLeast)
              .implying(Settings::minimum));
  public static final Setting<List<KeyAlgorithm>> ALGORITHMS =
      own(
          list(
                  "enclave.algorithms",
                  "algorithms such as ED25519,ECDSA_P256_SHA256",
                  KeyAlgorithm::parse)
              .stricter(Setting::within));
  public static final Setting<List<BackendId>> BACKENDS =
      own(
          list("enclave.backends", "backend ids such as aws-kms,os", BackendId::new)
              .stricter(Setting::within));
  public static final Setting<RotationInterval> ROTATION_INTERVAL =
      own(
          Setting.of(
                  "enclave.rotation.interval",
                  "never or an ISO 8601 duration of an hour or more, such as P90D",
                  Settings::rotation)
              .stricter(Settings::asOften)
              .usually(
                  SecurityPolicy.defaultsFor(EnvironmentType.PRODUCTION).rotation().toString()));
  public static final Setting<Switch> ROTATION_AUTOMATIC =
      own(
          choice("enclave.rotation.automatic", Switch.class)
              .stricter(Setting::greatest)
              .usually("on"));
  public static final Setting<Duration> ROTATION_PUBLISH_AHEAD =
      own(OF_VERIFIERS, versionTime("enclave.rotation.publish-ahead").otherwise(Duration.ZERO));
  public static final Setting<Duration> ROTATION_VERIFY_FOR =
      own(versionTime("enclave.rotation.verify-for").fixed().usuallyUnset());
  public static final Setting<Duration> ROTATION_DESTROY_AFTER =
      own(versionTime("enclave.rotation.destroy-after").stricter(Setting::greatest).usuallyUnset());
  public static final Setting<Duration> ROTATION_CACHE_TIME =
      own(OF_VERIFIERS, versionTime("enclave.rotation.cache-time").otherwise(Duration.ofHours(1)));
  public static final Setting<List<Fingerprint>> MIGRATION_APPROVERS =
      own(
          list(
                  "enclave.migration.approvers",
                  "one or more fingerprints of public keys, 64 hexadecimal digits each",
                  text -> new Fingerprint(Bytes.ofHex(text)))
              .stricter(Setting::within)
              .usuallyUnset());
  public static final Setting<Integer> MIGRATION_QUORUM =
      own(
          Setting.of("enclave.migration.quorum", "a number from 1 to 100", Settings::quorum)
              .stricter(Setting::greatest)
              .otherwise(2));
  public static final Setting<Duration> MIGRATION_VALIDITY =
      own(
          duration(
                  "enclave.migration.validity",
                  "a duration from a minute to 30 days, such as PT8H",
                  Duration.ofMinutes(1),
                  Duration.ofDays(30))
              .stricter(Setting::least)
              .otherwise(Duration.ofDays(1)));
  public static final Setting<Boolean> MIGRATION_FOLLOW =
      own(truth("enclave.migration.follow").stricter(Setting::least).otherwise(false));
  public static final Setting<Duration> MIGRATION_DESTROY_AFTER =
      own(
          duration(
                  "enclave.migration.destroy-after",
                  "a duration up to 10 years, such as P30D",
                  Duration.ZERO,
                  Duration.ofDays(3653))
              .stricter(Setting::greatest)
              .otherwise(Duration.ofDays(30)));

  /** The clouds' backends go by what was read, so that nothing else bounds its age. */
  public static final Setting<Duration> READING_MAXIMUM_AGE =
      own(
          duration(
                  "enclave.reading.maximum-age",
                  "an ISO 8601 duration from PT10S to PT1H, such as PT10M",
                  Duration.ofSeconds(10),
                  Duration.ofHours(1))
              .stricter(Setting::least)
              .otherwise(Duration.ofMinutes(10)));

  public static final Setting<FallbackChoice> FALLBACK =
      own(
          choice("enclave.fallback", FallbackChoice.class)
              .stricter(Setting::greatest)
              .otherwise(FallbackChoice.DISABLED));
  public static final Setting<Assurance> FALLBACK_MINIMUM_ASSURANCE =
      own(
          choice("enclave.fallback.minimum-assurance", Assurance.class)
              .stricter(Assurance::atLeast)
              .usuallyUnset());
  public static final Setting<Duration> FALLBACK_VALID_FOR =
      own(
          duration(
                  "enclave.fallback.valid-for",
                  "an ISO 8601 duration from an hour to a day, such as PT12H",
                  Duration.ofHours(1),
                  Fallback.Endorsement.LONGEST)
              .stricter(Setting::least)
              .otherwise(Duration.ofHours(8)));
  public static final Setting<String> FALLBACK_DEPLOYMENT =
      own(OF_VERIFIERS, text("enclave.fallback.deployment"));
  public static final Setting<String> AUDIT_DIRECTORY = own(PLACE, text("enclave.audit.directory"));
  public static final Setting<Duration> AUDIT_RETENTION =
      own(
          duration(
                  "enclave.audit.retention",
                  "an ISO 8601 duration of a day or more, such as P400D",
                  Duration.ofDays(1),
                  ANY)
              .fixed()
              .usuallyUnset());
  public static final Setting<CountersignChoice> AUDIT_COUNTERSIGN =
      own(
          choice("enclave.audit.countersign", CountersignChoice.class)
              .stricter(Setting::greatest)
              .otherwise(CountersignChoice.AUTO));
  public static final Setting<AuditSinks> AUDIT_SINK =
      own(
          Setting.of(
                  "enclave.audit.sink",
                  "file or stdout, and after it the ids of outputs beside it if there are any,"
                      + " such as file,slf4j",
                  AuditSinks::parse)
              .stricter(AuditSinks::keepsAllOf)
              .otherwise(AuditSinks.parse("file"))
              .usually("file"));
  public static final Setting<KeyName> JOBS_KEK =
      own(WAITING, Setting.of("enclave.jobs.kek", "the name of a key", KeyName::of));
  public static final Setting<String> JOBS_DIRECTORY = own(PLACE, text("enclave.jobs.directory"));
  public static final Setting<String> JOBS_DEPLOYMENT =
      own(WAITING, text("enclave.jobs.deployment"));
  public static final Setting<Duration> JOBS_EXPIRY =
      own(
          duration("enclave.jobs.expiry", "a duration", ANY.negated(), ANY)
              .stricter(Setting::least));
  public static final Setting<String> JOBS_MODE = own(WAITING, text("enclave.jobs.mode"));

  /** Lent wrapping keys that callers may use too. */
  public static final Setting<List<NamedKey>> LENT_KEYS_OPEN_TO_CALLERS =
      own(
          list(
                  "enclave.lent-keys-open-to-callers",
                  "keys such as aws-kms:payments-kek, separated by commas",
                  NamedKey::parse)
              .stricter(Setting::within)
              .usuallyUnset());

  public static final Setting<Boolean> ACKNOWLEDGE =
      own(truth("enclave.acknowledge-reduced-security").stricter(Setting::least).otherwise(false));
  public static final Setting<String> MAY_BE_LOWERED =
      own("counts for the values of its own source", text("enclave.may-be-lowered"));

  /** Of each adopted key: which key of the provider has that name. */
  private static final Setting<String> ADOPTION =
      text("enclave.keys.<name>").fixed().usuallyUnset();

  /** Of each adopted key: whether its stamp need not be readable. */
  static final Setting<Boolean> ACCEPTANCE =
      truth("enclave.keys.<name>.accept-unreadable-stamp")
          .stricter(Setting::least)
          .otherwise(false);

  /** Those that could be lowered, but for single adopted keys. */
  private static final Map<String, Setting<?>> LOWERABLE =
      OWN.values().stream()
          .filter(setting -> setting.scale().isPresent())
          .collect(Collectors.toMap(Setting::name, Function.identity(), (a, b) -> a, TreeMap::new));

  static {
    lowerable(text("enclave.aws-kms.account-id").fixed());
    lowerable(text("enclave.aws-kms.trusted-certificate").fixed().usuallyUnset());
    lowerable(
        Setting.of("enclave.aws-kms.pending-window-days", "a number", Integer::valueOf)
            .stricter(Setting::greatest)
            .usually("30"));
    lowerable(text("enclave.azure-keyvault.trusted-certificate").fixed().usuallyUnset());
    lowerable(text("enclave.azure-keyvault.rotation-by-vault").fixed().usually("ignored"));
    lowerable(text("enclave.azure-keyvault.regions").fixed());
    lowerable(text("enclave.gcp-kms.endpoint-certificate").fixed().usuallyUnset());
    lowerable(text("enclave.pkcs11.token-kind").fixed().usuallyUnset());
    lowerable(text("enclave.vault.trusted-certificate").fixed().usuallyUnset());
    lowerable(text("enclave.vault.hsm-seal").fixed().usuallyUnset());
    lowerable(
        duration("enclave.kubernetes.data-key-lifetime", "a duration", ANY.negated(), ANY)
            .stricter(Setting::least)
            .usually("PT1H"));
    for (String backend : List.of("aws-kms", "azure-keyvault", "gcp-kms")) {
      String setting = PREFIX + backend + ".allowed-endpoints";
      lowerable(
          list(setting, "URLs", Function.identity()).stricter(Setting::within).usuallyUnset());
    }
    lowersNothing(
        CHOOSES,
        """
        aws-kms.region
        azure-keyvault.vault-url
        gcp-kms.key-ring
        kubernetes.namespace kubernetes.kek
        os.directory
        pkcs11.uri pkcs11.longest-label
        software.directory
        vault.address vault.namespace vault.transit-mount vault.kv-mount vault.path
        """);
    lowersNothing(
        "says where the requests go: PRODUCTION and STAGING refuse what is neither the provider's"
            + " own nor allowed",
        """
        aws-kms.endpoint aws-kms.sts-endpoint
        gcp-kms.endpoint
        """);
    lowersNothing(
        "says who asks: what that identity may do is decided at the provider",
        """
        aws-kms.federated-from aws-kms.role-arn aws-kms.federation-audience
        azure-keyvault.identity-client-id azure-keyvault.federated-from
        azure-keyvault.tenant-id
        gcp-kms.credentials-file
        kubernetes.token-file
        vault.auth vault.auth-mount vault.role vault.audience vault.token-file
        """);
    lowersNothing(
        "is refused in PRODUCTION and STAGING, whichever source states it",
        """
        aws-kms.access-key-id aws-kms.secret-access-key aws-kms.session-token
        gcp-kms.access-token
        kubernetes.kubeconfig
        vault.role-id vault.secret-id
        """);
    lowersNothing(
        "opens the key files that it sealed and no others",
        """
        software.passphrase software.passphrase-file
        """);
    lowersNothing("opens the token that uri names and no other", "pkcs11.pin pkcs11.pin-file");
    lowersNothing(
        "says how processes and hosts take turns: each change is decided by the policy",
        "pkcs11.lock-directory pkcs11.settle-seconds");
    lowersNothing(
        "says how many requests are sent at once: each is decided by the policy",
        """
        aws-kms.connections
        azure-keyvault.connections
        gcp-kms.connections
        pkcs11.sessions
        vault.connections
        """);
    lowersNothing("says how long a user may take to unlock a store", "os.unlock-timeout");
  }

  private Settings() {}

  private static <T> Setting<T> own(Setting<T> setting) {
    OWN.put(setting.name(), setting);
    return setting;
  }

  private static <T> Setting<T> own(String lowersNothing, Setting<T> setting) {
    lowersNothing(lowersNothing, setting.name().substring(PREFIX.length()));
    return own(setting);
  }

  private static void lowerable(Setting<?> ofProvider) {
    LOWERABLE.put(ofProvider.name(), ofProvider);
  }

  private static void lowersNothing(String reason, String names) {
    Set<String> all = LOWERING_NOTHING.computeIfAbsent(reason, each -> new LinkedHashSet<>());
    Arrays.stream(names.strip().split("\\s+")).map(PREFIX::concat).forEach(all::add);
  }

  private static Setting<Duration> versionTime(String name) {
    return duration(name, VERSION_TIME, SECOND, Duration.ofDays(36_525));
  }

  private static Optional<Implied> minimum(EnvironmentType type) {
    Assurance minimum = SecurityPolicy.defaultsFor(type).minimumAssurance();
    return Optional.of(new Implied(Configuration.spelled(minimum), false));
  }

  private static RotationInterval rotation(String text) {
    RotationInterval interval = RotationInterval.parse(text);
    if (interval.inherited()) {
      throw new IllegalArgumentException("the policy cannot inherit from itself");
    }
    return interval;
  }

  private static boolean asOften(RotationInterval one, RotationInterval other) {
    Optional<Duration> limit = other.period();
    return limit.isEmpty() || one.period().filter(p -> p.compareTo(limit.get()) <= 0).isPresent();
  }

  private static int quorum(String text) {
    int quorum = Integer.parseInt(text);
    if (quorum < 1 || quorum > 100) {
      throw new IllegalArgumentException("no number from 1 to 100");
    }
    return quorum;
  }

  /** The engine's own, but for those of single keys. */
  public static Collection<String> own() {
    return OWN.keySet();
  }

  /** Those that a later source could lower, but for those of single adopted keys. */
  public static Collection<String> lowerable() {
    return LOWERABLE.keySet();
  }

  /** All others, by the reason why a later source lowers nothing by them. */
  public static Map<String, ? extends Collection<String>> loweringNothing() {
    return LOWERING_NOTHING;
  }

  /** The row of a setting by which something could be lowered. */
  static Optional<Setting<?>> lowerable(String name) {
    if (adopts(name)) {
      return Optional.of(ADOPTION);
    }
    return acceptsUnreadableStamp(name)
        ? Optional.of(ACCEPTANCE)
        : Optional.ofNullable(LOWERABLE.get(name));
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

  /** The setting by which the stamp of an adopted key need not be readable. */
  public static String acceptUnreadableStamp(KeyName key) {
    return KEYS + key + ACCEPT_UNREADABLE_STAMP;
  }

  static Setting<Boolean> acceptance(KeyName key) {
    String name = acceptUnreadableStamp(key);
    return Setting.of(name, ACCEPTANCE.expected(), ACCEPTANCE.reader()).otherwise(false);
  }

  /** Whether the setting names the wrapping key that a backend borrows. */
  static boolean borrows(String name) {
    return name.endsWith(BORROWED_KEK)
        && !name.equals(JOBS_KEK.name())
        && name.indexOf('.', PREFIX.length()) == name.length() - BORROWED_KEK.length();
  }

  /** What {@code enclave.audit.countersign} may say, the least strict first. */
  public enum CountersignChoice {
    /** Never. */
    OFF,
    /** Where the backend can. */
    AUTO,
    /** By all means. */
    REQUIRED
  }

  /** What signs while the backend does not answer, the strictest last. */
  public enum FallbackChoice {
    /** A companion of each key in the software backend. */
    SOFTWARE,
    /** Nothing. */
    DISABLED
  }

  /** What a setting that switches something may say. */
  public enum Switch {
    /** It is not done. */
    OFF,
    /** It is done. */
    ON
  }

  /**
   * What {@code enclave.audit.sink} says: the log itself, and the outputs beside it.
   *
   * @param standardOutput whether the log is standard output; else it is files
   * @param outputs ids, in their order
   */
  public record AuditSinks(boolean standardOutput, List<String> outputs) {

    private static final String FILE = "file";
    private static final String STDOUT = "stdout";
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]*");

    static AuditSinks parse(String text) {
      List<String> names =
          Arrays.stream(text.split(",", -1))
              .map(name -> name.strip().toLowerCase(Locale.ROOT))
              .toList();
      String log = names.get(0);
      List<String> outputs = names.subList(1, names.size());
      boolean inOrder =
          (log.equals(FILE) || log.equals(STDOUT))
              && outputs.stream().allMatch(AuditSinks::isOutputId)
              && new HashSet<>(outputs).size() == outputs.size();
      if (!inOrder) {
        throw new IllegalArgumentException("no log, or more than one");
      }
      return new AuditSinks(log.equals(STDOUT), outputs);
    }

    /** Whether all records that {@code other} keeps are kept where {@code other} keeps them. */
    boolean keepsAllOf(AuditSinks other) {
      return (!standardOutput || other.standardOutput) && outputs.containsAll(other.outputs);
    }

    /** Whether an output may be called so. */
    public static boolean isOutputId(@Nullable String id) {
      return id != null && ID.matcher(id).matches() && !id.equals(FILE) && !id.equals(STDOUT);
    }
  }
}
