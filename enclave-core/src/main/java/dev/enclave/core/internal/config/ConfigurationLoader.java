package dev.enclave.core.internal.config;

import dev.enclave.ConfigSource;
import dev.enclave.core.internal.config.Source.Statement;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URL;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads every source: {@code enclave.properties} on the class path, the file named by {@code
 * ENCLAVE_CONFIG}, {@code ENCLAVE_*} variables, {@code enclave.*} system properties, the builder.
 * Which value is in force, {@link Precedence} decides.
 */
public final class ConfigurationLoader {

  private static final String CONFIG_VARIABLE = "ENCLAVE_CONFIG";
  private static final int LONGEST_FILE = 1 << 20;
  private static final String RESOURCE = "enclave.properties";

  /** What Kubernetes injects into every pod beside a Service called enclave or enclave-…. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "ENCLAVE_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
              + "|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

  private final SettingNames names;
  private final List<Source> sources = new ArrayList<>();

  private ConfigurationLoader(SettingNames names) {
    this.names = names;
  }

  /**
   * Reads and checks everything.
   *
   * @param configFile replaces the file named by {@code ENCLAVE_CONFIG}
   * @param builder the builder's sources, later wins
   * @param resources where {@code enclave.properties} may lie
   * @throws ConfigurationException when a name is unknown or a file cannot be read
   */
  public static Configuration load(
      SettingNames names,
      EnvironmentSnapshot environment,
      Optional<Path> configFile,
      List<ConfigSource> builder,
      ClassLoader resources) {
    ConfigurationLoader loader = new ConfigurationLoader(names);
    loader.addResource(resources);
    loader.addFile(configFile, environment);
    loader.addVariables(environment);
    JvmOptions.sources(environment).forEach(loader::add);
    builder.forEach(loader::addBuilderSource);
    Configuration configuration = new Configuration(names, Precedence.decide(loader.sources));
    configuration.requireAdoptable();
    return configuration;
  }

  private void addResource(ClassLoader resources) {
    List<URL> found;
    try {
      found = Collections.list(resources.getResources(RESOURCE)).stream().distinct().toList();
    } catch (IOException e) {
      throw unreadable(RESOURCE + " on the class path", "it cannot be looked up");
    }
    if (found.size() > 1) {
      throw new ConfigurationException(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          "Two files enclave.properties are on the class path: "
              + found.get(0)
              + " and "
              + found.get(1)
              + ". Remove one, since neither may win by chance.");
    }
    for (URL url : found) {
      String source = "class path " + url;
      try (InputStream in = url.openStream()) {
        addAll(properties(in, source), source);
      } catch (IOException e) {
        throw unreadable(source, "it cannot be read");
      }
    }
  }

  private void addFile(Optional<Path> explicit, EnvironmentSnapshot environment) {
    Optional<Path> file =
        explicit.or(() -> environment.variable(CONFIG_VARIABLE).map(ConfigurationLoader::path));
    file.ifPresent(
        path -> {
          String source = "file " + path;
          try (InputStream in = Files.newInputStream(path)) {
            addAll(properties(in, source), source);
          } catch (IOException e) {
            throw unreadable(source, reason(path));
          }
        });
  }

  private static String reason(Path path) {
    if (Files.isDirectory(path)) {
      return "it is a directory";
    }
    return Files.exists(path) ? "it cannot be read" : "there is no such file";
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw unreadable("the file named by " + CONFIG_VARIABLE, "its name is not a path");
    }
  }

  private static Map<String, String> properties(InputStream in, String source) throws IOException {
    byte[] content = in.readNBytes(LONGEST_FILE + 1);
    if (content.length > LONGEST_FILE) {
      throw unreadable(source, "it is larger than " + LONGEST_FILE + " bytes");
    }
    Properties read = new Properties();
    try (Reader reader =
        new InputStreamReader(
            new ByteArrayInputStream(content),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT))) {
      read.load(reader);
    } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
      throw unreadable(source, "it is not a properties file in UTF-8");
    }
    Map<String, String> settings = new LinkedHashMap<>();
    read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name).strip()));
    return settings;
  }

  private void addVariables(EnvironmentSnapshot environment) {
    List<Statement> statements = new ArrayList<>();
    new TreeMap<>(environment.variables())
        .forEach(
            (variable, value) -> {
              if (variable.startsWith("ENCLAVE_")
                  && !variable.equals(CONFIG_VARIABLE)
                  && !SERVICE_LINK.matcher(variable).matches()) {
                statements.add(new Statement(settingOf(variable), value, "variable " + variable));
              }
            });
    add(new Source("variable " + SettingNames.variableOf(SettingNames.MAY_BE_LOWERED), statements));
  }

  private String settingOf(String variable) {
    return names
        .ofVariable(variable)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    ErrorCode.CONFIGURATION_UNKNOWN_KEY,
                    "Variable "
                        + Quoted.of(variable)
                        + " stands for no setting. The nearest is "
                        + SettingNames.variableOf(names.nearest(guess(variable)))
                        + "; correct or unset it."));
  }

  private static String guess(String variable) {
    return variable.toLowerCase(java.util.Locale.ROOT).replace('_', '.');
  }

  private void addBuilderSource(ConfigSource source) {
    Map<String, String> settings = new TreeMap<>(source.settings());
    settings.keySet().removeIf(name -> !name.startsWith(SettingNames.PREFIX));
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
      throw new ConfigurationException(
          ErrorCode.CONFIGURATION_UNKNOWN_KEY,
          "Setting "
              + Quoted.of(statement.name())
              + " (from "
              + statement.origin()
              + ") is unknown. The nearest is "
              + names.nearest(statement.name())
              + "; correct or remove it.");
    }
  }

  private static ConfigurationException unreadable(String what, String why) {
    return new ConfigurationException(
        ErrorCode.CONFIGURATION_UNREADABLE,
        "Configuration from "
            + what
            + " cannot be used: "
            + why
            + ". Check name, rights and form.");
  }
}
