package dev.enclave.campaign;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What a client is deployed with. Immutable; travels to other processes in a file.
 *
 * @param settings Enclave's, by full name
 * @param variables the environment variables that the client's process is made to see; no others
 */
public record Deployment(Map<String, String> settings, Map<String, String> variables) {

  private static final String VARIABLE = "variable.";

  public Deployment {
    settings = Map.copyOf(settings);
    variables = Map.copyOf(variables);
  }

  /** Settings alone. */
  public static Deployment of(Map<String, String> settings) {
    return new Deployment(settings, Map.of());
  }

  /** One setting more, or another value for it. */
  public Deployment with(String name, String value) {
    Map<String, String> more = new TreeMap<>(settings);
    more.put(name, value);
    return new Deployment(more, variables);
  }

  /** An Enclave with the machine's own clock. */
  public EnclaveFactory.Builder builder(CloudUnderTest cloud) {
    FakeEnvironment machine = FakeEnvironment.empty();
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      machine = machine.withVariable(variable.getKey(), variable.getValue());
    }
    return EnclaveFactory.builder()
        .discovery(false)
        .with(machine)
        .with(cloud.provider())
        .config(new ConfigSource("campaign", settings));
  }

  void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    variables.forEach((name, value) -> properties.put(VARIABLE + name, value));
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
  }

  static Deployment read(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(Path.of(file))) {
      properties.load(in);
    }
    Map<String, String> settings = new TreeMap<>();
    Map<String, String> variables = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      String value = properties.getProperty(name, "");
      if (name.startsWith(VARIABLE)) {
        variables.put(name.substring(VARIABLE.length()), value);
      } else {
        settings.put(name, value);
      }
    }
    return new Deployment(settings, variables);
  }
}
