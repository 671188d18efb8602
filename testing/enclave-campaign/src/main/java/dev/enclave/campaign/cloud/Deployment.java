package dev.enclave.campaign.cloud;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What a client is deployed with. Immutable; travels to other processes in a file.
 *
 * @param settings Enclave's, by full name
 * @param variables the environment variables that the client's process is made to see; no others
 * @param files the files that it is made to see, such as a certificate; their texts by path
 */
public record Deployment(
    Map<String, String> settings, Map<String, String> variables, Map<String, String> files) {

  private static final String VARIABLE = "variable.";
  private static final String FILE = "file.";

  public Deployment {
    settings = Map.copyOf(settings);
    variables = Map.copyOf(variables);
    files = Map.copyOf(files);
  }

  /** Settings alone. */
  public static Deployment of(Map<String, String> settings) {
    return new Deployment(settings, Map.of(), Map.of());
  }

  /** One setting more, or another value for it. */
  public Deployment with(String name, String value) {
    Map<String, String> more = new TreeMap<>(settings);
    more.put(name, value);
    return new Deployment(more, variables, files);
  }

  /** Without a setting. */
  public Deployment without(String name) {
    Map<String, String> fewer = new TreeMap<>(settings);
    fewer.remove(name);
    return new Deployment(fewer, variables, files);
  }

  /** With what another place is deployed with besides. */
  public Deployment and(Deployment other) {
    Map<String, String> moreSettings = new TreeMap<>(settings);
    Map<String, String> moreVariables = new TreeMap<>(variables);
    Map<String, String> moreFiles = new TreeMap<>(files);
    moreSettings.putAll(other.settings);
    moreVariables.putAll(other.variables);
    moreFiles.putAll(other.files);
    return new Deployment(moreSettings, moreVariables, moreFiles);
  }

  /** An Enclave with the machine's own clock. */
  public EnclaveFactory.Builder builder(CloudUnderTest cloud) {
    return builder(cloud, Map.of());
  }

  /** One in a process that is made to see system properties too. */
  public EnclaveFactory.Builder builder(CloudUnderTest cloud, Map<String, String> properties) {
    cloud.reach(this);
    EnclaveFactory.Builder builder =
        EnclaveFactory.builder()
            .discovery(false)
            .with(machine(properties))
            .with(cloud.provider())
            .config(new ConfigSource("campaign", settings));
    cloud.others().forEach(builder::with);
    return builder;
  }

  /** What opens the backend alone, without an engine. */
  public BackendContext context(BackendId id, TimeSource time) {
    String section = "enclave." + id + ".";
    Map<String, String> own = new TreeMap<>();
    settings.forEach(
        (name, value) -> {
          if (name.startsWith(section)) {
            own.put(name.substring(section.length()), value);
          }
        });
    return BackendContext.of(
            new BackendSettings(id, own),
            EnvironmentType.valueOf(
                settings
                    .getOrDefault("enclave.environment", "development")
                    .toUpperCase(Locale.ROOT)),
            machine(Map.of()),
            time,
            new SecureRandom())
        .acknowledging("true".equals(settings.get("enclave.acknowledge-reduced-security")));
  }

  /** The machine that the client is made to see. */
  public FakeEnvironment machine() {
    return machine(Map.of());
  }

  private FakeEnvironment machine(Map<String, String> properties) {
    FakeEnvironment machine = FakeEnvironment.empty();
    for (Map.Entry<String, String> property : properties.entrySet()) {
      machine = machine.withProperty(property.getKey(), property.getValue());
    }
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      machine = machine.withVariable(variable.getKey(), variable.getValue());
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      machine = machine.withFile(file.getKey(), file.getValue());
    }
    return machine;
  }

  public void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    variables.forEach((name, value) -> properties.put(VARIABLE + name, value));
    files.forEach((path, text) -> properties.put(FILE + path, text));
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
  }

  public static Deployment read(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(file))) {
      properties.load(in);
    }
    Map<String, String> settings = new TreeMap<>();
    Map<String, String> variables = new TreeMap<>();
    Map<String, String> files = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      String value = properties.getProperty(name, "");
      if (name.startsWith(VARIABLE)) {
        variables.put(name.substring(VARIABLE.length()), value);
      } else if (name.startsWith(FILE)) {
        files.put(name.substring(FILE.length()), value);
      } else {
        settings.put(name, value);
      }
    }
    return new Deployment(settings, variables, files);
  }
}
