package dev.enclave.core.internal.config;

import dev.enclave.ConfigSource;
import dev.enclave.core.internal.config.Precedence.Source;
import dev.enclave.core.internal.config.Precedence.Source.Statement;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.RegularFiles;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads every source: {@code enclave.properties} on the class path, the builder's, the file named
 * by {@code ENCLAVE_CONFIG}, {@code ENCLAVE_*} variables, {@code enclave.*} system properties, the
 * builder's overrides. Which value is in force, {@link Precedence} decides.
 */
public final class ConfigurationLoader {

  private static final String CONFIG_VARIABLE = "ENCLAVE_CONFIG";
  private static final int LONGEST_FILE = 1 << 20;
  private static final String RESOURCE = "enclave.properties";

  private static final Pattern COMMENT = Pattern.compile("[ \\t\\f]*[#!]");

  /** An odd number of backslashes, by which the next line belongs to this one. */
  private static final Pattern CONTINUED = Pattern.compile("(?<!\\\\)(\\\\\\\\)*\\\\$");

  /** What Kubernetes injects into every pod beside a Service called enclave or enclave-…. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "ENCLAVE_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
              + "|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

  /** What Kubernetes writes there: an address, a port, a protocol, or all of them. */
  private static final Pattern LINK_VALUE =
      Pattern.compile(
          "(tcp|udp|sctp)://\\S+|[0-9]{1,5}|[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]+"
              + "|tcp|udp|sctp");

  private final KnownSettings names;
  private final List<String> passedOver = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();

  private ConfigurationLoader(KnownSettings names) {
    this.names = names;
  }

  /**
   * Reads and checks everything.
   *
   * @param configFile replaces the file named by {@code ENCLAVE_CONFIG}
   * @param builder what the application says by the builder, later wins
   * @param overrides what wins over all others, later wins
   * @param resources where {@code enclave.properties} may lie
   * @throws ConfigurationException when a name is unknown or a file cannot be read
   */
  public static Configuration load(
      KnownSettings names,
      EnvironmentSnapshot environment,
      Optional<Path> configFile,
      List<ConfigSource> builder,
      List<ConfigSource> overrides,
      ClassLoader resources) {
    ConfigurationLoader loader = new ConfigurationLoader(names);
    loader.addResource(resources);
    builder.forEach(loader::addBuilderSource);
    loader.addFile(configFile, environment);
    loader.addVariables(environment);
    JvmOptions.sources(environment).forEach(loader::add);
    overrides.forEach(loader::addBuilderSource);
    Configuration configuration =
        new Configuration(names, Precedence.decide(loader.sources), loader.passedOver);
    configuration.requireAdoptable();
    return configuration;
  }

  private void addResource(ClassLoader resources) {
    List<URL> found;
    try {
      found = Collections.list(resources.getResources(RESOURCE)).stream().distinct().toList();
    } catch (IOException e) {
      throw unreadable(Texts.RESOURCE.with(), Texts.NO_LOOKUP.with());
    }
    if (found.size() > 1) {
      throw Texts.TWO_RESOURCES.as(
          ErrorCode.CONFIGURATION_INVALID_VALUE, found.get(0), found.get(1));
    }
    for (URL url : found) {
      String source = Texts.ON_CLASS_PATH.with(url);
      try (InputStream in = url.openStream()) {
        addAll(properties(in, source), source);
      } catch (IOException e) {
        throw unreadable(source, Texts.NO_READING.with());
      }
    }
  }

  private void addFile(Optional<Path> explicit, EnvironmentSnapshot environment) {
    Optional<Path> file =
        explicit.or(() -> environment.variable(CONFIG_VARIABLE).map(ConfigurationLoader::path));
    file.ifPresent(
        path -> {
          String source = Texts.IN_FILE.with(path);
          try (InputStream in = RegularFiles.open(path)) {
            addAll(properties(in, source), source);
          } catch (IOException e) {
            throw unreadable(source, reason(path));
          }
        });
  }

  private static String reason(Path path) {
    if (Files.isDirectory(path)) {
      return Texts.IS_DIRECTORY.with();
    }
    if (!Files.exists(path)) {
      return Texts.NO_SUCH_FILE.with();
    }
    return (Files.isRegularFile(path) ? Texts.NO_READING : Texts.NO_REGULAR_FILE).with();
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw unreadable(Texts.FILE_OF_VARIABLE.with(), Texts.NO_PATH.with());
    }
  }

  private static Map<String, String> properties(InputStream in, String source) throws IOException {
    byte[] content = in.readNBytes(LONGEST_FILE + 1);
    if (content.length > LONGEST_FILE) {
      throw unreadable(source, Texts.TOO_LARGE.with(LONGEST_FILE));
    }
    try {
      return onceNamed(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)), source);
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw unreadable(source, Texts.NO_PROPERTIES.with());
    }
  }

  /** {@link Properties} lets the last line of a name win, and says nothing; so one at a time. */
  private static Map<String, String> onceNamed(CharSequence text, String source)
      throws IOException {
    Map<String, String> settings = new TreeMap<>();
    StringBuilder lines = new StringBuilder();
    for (String line : text.toString().lines().toList()) {
      if (lines.length() == 0 && COMMENT.matcher(line).lookingAt()) {
        continue;
      }
      lines.append(line).append('\n');
      if (!CONTINUED.matcher(line).find()) {
        addOnce(settings, lines.toString(), source);
        lines.setLength(0);
      }
    }
    addOnce(settings, lines.toString(), source);
    return settings;
  }

  private static void addOnce(Map<String, String> settings, String lines, String source)
      throws IOException {
    Properties one = new Properties();
    one.load(new StringReader(lines));
    for (String name : one.stringPropertyNames()) {
      if (settings.putIfAbsent(name, one.getProperty(name).strip()) != null) {
        throw Texts.SETTING_REPEATED.as(
            ErrorCode.CONFIGURATION_INVALID_VALUE, source, Quoted.of(name));
      }
    }
  }

  private void addVariables(EnvironmentSnapshot environment) {
    List<Statement> statements = new ArrayList<>();
    new TreeMap<>(environment.variables())
        .forEach(
            (variable, value) -> {
              if (variable.startsWith("ENCLAVE_")
                  && !variable.equals(CONFIG_VARIABLE)
                  && !isServiceLink(variable, value)) {
                statements.add(
                    new Statement(settingOf(variable), value, Texts.IN_VARIABLE.with(variable)));
              }
            });
    add(
        new Source(
            Texts.IN_VARIABLE.with(KnownSettings.variableOf(Settings.MAY_BE_LOWERED.name())),
            statements));
  }

  /**
   * Whether Kubernetes injected it. A name that is a setting's too is a link's if its value is; so
   * that nobody's key is taken from an address by chance, and none is passed over in silence.
   */
  private boolean isServiceLink(String variable, String value) {
    if (!SERVICE_LINK.matcher(variable).matches()) {
      return false;
    }
    Optional<String> setting = names.ofVariable(variable);
    if (setting.isEmpty()) {
      return true;
    }
    boolean link = LINK_VALUE.matcher(value.strip()).matches();
    if (link) {
      passedOver.add(Texts.VARIABLE_OF_SERVICE_LINK.with(variable, setting.get()));
    }
    return link;
  }

  private String settingOf(String variable) {
    return names
        .ofVariable(variable)
        .orElseThrow(
            () ->
                Texts.VARIABLE_UNKNOWN.as(
                    ErrorCode.CONFIGURATION_UNKNOWN_KEY,
                    Quoted.of(variable),
                    KnownSettings.variableOf(names.nearest(guess(variable)))));
  }

  private static String guess(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  private void addBuilderSource(ConfigSource source) {
    Map<String, String> settings = new TreeMap<>(source.settings());
    settings.keySet().removeIf(name -> !name.startsWith(Settings.PREFIX));
    addAll(settings, source.name());
  }

  private void addAll(Map<String, String> settings, String place) {
    List<Statement> statements = new ArrayList<>();
    settings.forEach((name, value) -> statements.add(new Statement(name, value, place)));
    add(new Source(place, statements));
  }

  private void add(Source source) {
    source.statements().forEach(this::requireKnown);
    sources.add(source);
  }

  private void requireKnown(Statement statement) {
    if (!names.knows(statement.name())) {
      throw Texts.SETTING_UNKNOWN.as(
          ErrorCode.CONFIGURATION_UNKNOWN_KEY,
          Quoted.of(statement.name()),
          statement.origin(),
          names.nearest(statement.name()));
    }
  }

  private static EnclaveException unreadable(String source, String reason) {
    return Texts.UNREADABLE.as(ErrorCode.CONFIGURATION_UNREADABLE, source, reason);
  }
}
