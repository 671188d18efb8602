package dev.enclave.core.internal.config;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.core.internal.config.Configuration.Entry;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.StatementText;
import dev.enclave.spi.BackendSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The effective settings, each with the source it came from. Immutable. */
public final class Configuration {

  /** A value and its source. */
  record Entry(String value, String source) {}

  /**
   * A URI, an ARN, or a path that begins with a word, such as {@code projects/} or {@code alias/}.
   * What else is set there may be a private key, pasted into the wrong setting.
   */
  private static final Pattern ADOPTED_PLACE =
      Pattern.compile(
          "//.+|[a-z][a-z-]{2,30}/.+"
              + "|[A-Za-z][A-Za-z0-9+.-]*:(//|[a-z][a-z0-9-]{2,30}[/:=]).+");

  /** What stands before the host (RFC 3986 §3.2.1). */
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/?#@\\s]*+@");

  /** Attributes of a query, or of a PKCS #11 URI (RFC 7512 §2.4), that are known to be secret. */
  private static final Pattern SECRET_ATTRIBUTE =
      Pattern.compile(
          "(?i)([?&;](?:pin(?:-value)?|password|passwd|passphrase|secret|client[-_]secret|token"
              + "|access[-_]token|sig|signature|key|api[-_]?key|access[-_]?key)=)[^&;#]*+");

  private final KnownSettings names;
  private final SortedMap<String, Entry> entries;
  private final Precedence.Decision decision;
  private final List<String> passedOver;

  Configuration(KnownSettings names, Precedence.Decision decision, List<String> passedOver) {
    this.names = names;
    this.entries = Collections.unmodifiableSortedMap(new TreeMap<>(decision.entries()));
    this.decision = decision;
    this.passedOver = List.copyOf(passedOver);
  }

  /** Variables of Kubernetes's service links that could be meant as settings, a clause each. */
  public List<String> passedOver() {
    return passedOver;
  }

  /** The values that are not in force, because each would lower a setting of the policy. */
  public List<IgnoredLowering> ignored() {
    return decision.ignored();
  }

  /** The settings that have another value in a source that does not win. */
  public List<Overridden> overridden() {
    return decision.overridden();
  }

  /** The value, if set. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(entries.get(name)).map(Entry::value);
  }

  /**
   * The value, read by {@code parser}.
   *
   * @param expected what would be right, for the message
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) when the parser
   *     refuses it
   */
  public <T> Optional<T> get(String name, String expected, Function<String, T> parser) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(entry.value()));
    } catch (IllegalArgumentException | EnclaveException e) {
      throw invalid(name, expected);
    }
  }

  /** The value, if set. */
  public <T> Optional<T> find(Setting<T> setting) {
    return get(setting.name(), setting.expected(), setting.reader());
  }

  /** The value, or what holds where the setting is not set. */
  public <T> T get(Setting<T> setting) {
    return find(setting).orElseGet(setting::usual);
  }

  /** A constant as a setting's value is written. */
  public static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What to throw for a setting whose value is not {@code expected}. */
  public EnclaveException invalid(String name, String expected) {
    return Texts.SETTING_INVALID.as(ErrorCode.CONFIGURATION_INVALID_VALUE, stated(name), expected);
  }

  /** The same. */
  public EnclaveException invalid(Setting<?> setting, String expected) {
    return invalid(setting.name(), expected);
  }

  /** A setting, its value and where that is from, as a message begins with it. */
  public String stated(Setting<?> setting) {
    return stated(setting.name());
  }

  /** The same. */
  String stated(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return Texts.SETTING_NOT_SET.with(name);
    }
    return names.isSecret(name)
        ? Texts.SETTING_SECRET.with(name, entry.source())
        : stated(name, entry.value(), entry.source());
  }

  /** The same for a value that is not secret. */
  static String stated(String name, String value, String source) {
    return Texts.SETTING_IS.with(name, Quoted.of(redacted(value)), source);
  }

  /** A value as reports show it: without the credentials a URI may carry. */
  static String redacted(String value) {
    String anonymous = USER_INFO.matcher(value).replaceAll("***@");
    return SECRET_ATTRIBUTE.matcher(anonymous).replaceAll("$1***");
  }

  /** A backend's own section. */
  public BackendSettings section(BackendId backend) {
    String prefix = Settings.PREFIX + backend + ".";
    Map<String, String> values = new LinkedHashMap<>();
    entries
        .tailMap(prefix)
        .forEach(
            (name, entry) -> {
              if (name.startsWith(prefix)) {
                values.put(name.substring(prefix.length()), entry.value());
              }
            });
    return new BackendSettings(backend, values);
  }

  /** The wrapping keys that backends borrow, by {@code enclave.<backend>.kek}. */
  public Map<String, NamedKey> keks() {
    Map<String, NamedKey> keks = new TreeMap<>();
    entries.forEach(
        (name, entry) -> {
          if (Settings.borrows(name)) {
            try {
              keks.put(name, NamedKey.parse(entry.value().strip()));
            } catch (IllegalArgumentException | EnclaveException e) {
              // The backend says what is wrong with it, once it is opened.
            }
          }
        });
    return keks;
  }

  /** The adopted keys, from {@code enclave.keys.<name>} and what is set beside it. */
  public Map<KeyName, Adoption> adoptedKeys() {
    Map<KeyName, Adoption> adopted = new TreeMap<>();
    entries.forEach(
        (name, entry) -> {
          if (Settings.adopts(name)) {
            KeyName key = keyName(name);
            Setting<Boolean> acceptance = Settings.acceptance(key);
            adopted.put(key, new Adoption(entry.value(), get(acceptance)));
          }
        });
    return adopted;
  }

  /**
   * What is configured and not secret that names a place or a key: files, URLs, resource names.
   * Messages may quote it, whatever it looks like.
   */
  public List<String> places() {
    List<String> places = new ArrayList<>();
    entries.forEach(
        (name, entry) -> {
          String value = entry.value();
          if (!names.isSecret(name) && !Settings.adopts(name) && redacted(value).equals(value)) {
            places.add(value);
          }
        });
    for (Adoption adopted : adoptedKeys().values()) {
      String uri = adopted.uri().split("#", 2)[0];
      // A value may name the backend first.
      for (String place : List.of(uri, uri.substring(uri.indexOf(':') + 1))) {
        if (ADOPTED_PLACE.matcher(place).matches()) {
          places.add(place);
        }
      }
    }
    return places;
  }

  /** Finds a wrong key name at start-up and in reports, not when the key is first wanted. */
  void requireAdoptable() {
    Map<KeyName, Adoption> adopted = adoptedKeys();
    adopted.forEach(
        (key, adoption) -> {
          if (adoption.uri().isBlank()) {
            throw invalid(Settings.KEYS + key, Texts.NAME_OF_A_KEY.with());
          }
          if (StatementText.namesKey(key.value()) || StatementText.namesKey(adoption.uri())) {
            throw invalid(Settings.KEYS + key, Texts.NO_KEY_OF_STATEMENTS.with());
          }
        });
    Set<String> accepting =
        adopted.keySet().stream().map(Settings::acceptUnreadableStamp).collect(Collectors.toSet());
    entries
        .keySet()
        .forEach(
            name -> {
              if (Settings.acceptsUnreadableStamp(name) && !accepting.contains(name)) {
                throw Texts.ACCEPTS_WITHOUT_ADOPTION.as(
                    ErrorCode.CONFIGURATION_INVALID_VALUE,
                    stated(name),
                    Quoted.of(name.substring(0, name.lastIndexOf('.'))));
              }
            });
  }

  private static KeyName keyName(String setting) {
    try {
      return new KeyName(setting.substring(Settings.KEYS.length()));
    } catch (EnclaveException e) {
      throw Texts.ADOPTS_NO_KEY.as(
          ErrorCode.CONFIGURATION_UNKNOWN_KEY, Quoted.of(setting), e.getMessage());
    }
  }

  /** Everything that is set, secrets hidden, for reports. */
  public List<Diagnosis.Setting> describe() {
    return entries.entrySet().stream()
        .map(
            e ->
                new Diagnosis.Setting(
                    e.getKey(),
                    names.isSecret(e.getKey()) ? "***" : redacted(e.getValue().value()),
                    origin(e.getKey(), e.getValue())))
        .toList();
  }

  private String origin(String name, Entry entry) {
    String origin =
        overridden().stream()
            .filter(o -> o.name().equals(name))
            .map(Overridden::observed)
            .findFirst()
            .orElse(entry.source());
    return names.ofAbsentBackend(name) ? Texts.SETTING_UNUSED.with(origin) : origin;
  }

  /**
   * A setting of which several sources state different values; names of sources alone, since the
   * values may be secret.
   *
   * @param name the setting
   * @param winning the source of the value in force
   * @param losing the sources of the others, without those whose value is {@link IgnoredLowering}
   */
  public record Overridden(String name, String winning, List<String> losing) {

    public Overridden {
      losing = List.copyOf(losing);
    }

    /** Which source wins over which, without a stop. */
    public String observed() {
      return Texts.OVERRIDES.with(winning, String.join(", ", losing));
    }
  }

  /**
   * A value that is not in force, because it is less strict than that of an earlier source, or
   * another where what was stated stays.
   *
   * @param name the setting
   * @param ordered whether one value can be stricter than another
   * @param stricter every value that it is less strict than, and that may not be lowered by it
   */
  public record IgnoredLowering(
      String name, Entry entry, boolean ordered, List<Stricter> stricter) {

    /**
     * A value that stands.
     *
     * @param place where an acknowledgement would be set
     * @param sameSource whether the ignored value is of the same source
     */
    record Stricter(Entry entry, String place, boolean sameSource) {
      String shown() {
        return Quoted.of(Configuration.redacted(entry.value()));
      }
    }

    public IgnoredLowering {
      stricter = List.copyOf(stricter);
    }

    /** What was seen, without a stop. */
    public String observed() {
      String shown = each(s -> s.shown() + " (" + s.entry().source() + ")");
      return (ordered ? Texts.IGNORED_AS_LESS_STRICT : Texts.IGNORED_AS_REPLACING)
          .with(Configuration.stated(name, entry.value(), entry.source()), shown);
    }

    /** What to do, without a stop. */
    public String fix() {
      if (stricter.stream().anyMatch(Stricter::sameSource)) {
        return Texts.STATE_ONCE.with(stricter.get(0).place());
      }
      return Texts.ALLOW_LOWERING.with(name, each(Stricter::place));
    }

    private String each(Function<Stricter, String> shown) {
      return stricter.stream().map(shown).distinct().collect(Collectors.joining(Texts.AND.with()));
    }
  }

  /**
   * What configuration says of a key that something else made.
   *
   * @param uri the provider's own name of the key, maybe with a backend's id in front
   * @param acceptsUnreadableStamp whether the key may be used although its environment stamp cannot
   *     be read
   */
  public record Adoption(String uri, boolean acceptsUnreadableStamp) {

    /** The backend whose id is in front, as in {@code aws-kms:arn:aws:kms:…}. */
    public Optional<BackendId> namedBackend(Collection<BackendId> known) {
      int colon = uri.indexOf(':');
      return colon < 1
          ? Optional.empty()
          : known.stream().filter(id -> id.value().equals(uri.substring(0, colon))).findFirst();
    }

    /** The same without a backend's id in front, as the backend itself takes it. */
    public Adoption withoutBackend(Collection<BackendId> known) {
      return namedBackend(known).isEmpty()
          ? this
          : new Adoption(uri.substring(uri.indexOf(':') + 1), acceptsUnreadableStamp);
    }
  }
}
