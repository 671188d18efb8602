package dev.enclave.testkit;

import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataService;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A machine made of maps. Immutable: every {@code with} method returns another environment.
 *
 * <p>A file makes its parent directories exist, as on a real machine.
 */
public final class FakeEnvironment implements EnvironmentSnapshot {

  private static final int LONGEST_READ = 64 * 1024;

  private final Map<String, String> variables;
  private final Map<String, String> properties;
  private final Map<String, Optional<String>> files;
  private final MetadataService metadata;

  private FakeEnvironment(
      Map<String, String> variables,
      Map<String, String> properties,
      Map<String, Optional<String>> files,
      MetadataService metadata) {
    this.variables = Map.copyOf(variables);
    this.properties = Map.copyOf(properties);
    this.files = Map.copyOf(files);
    this.metadata = metadata;
  }

  /** A machine that says nothing about itself. */
  public static FakeEnvironment empty() {
    return new FakeEnvironment(
        Map.of(), Map.of(), Map.of(), request -> new MetadataAnswer.Silent("nobody listens"));
  }

  /** The same with an environment variable. */
  public FakeEnvironment withVariable(String name, String value) {
    return new FakeEnvironment(with(variables, name, value), properties, files, metadata);
  }

  /**
   * The same with environment variables.
   *
   * @param assignments each {@code NAME=value}
   */
  public FakeEnvironment withVariables(String... assignments) {
    FakeEnvironment more = this;
    for (String assignment : assignments) {
      int sign = assignment.indexOf('=');
      more = more.withVariable(assignment.substring(0, sign), assignment.substring(sign + 1));
    }
    return more;
  }

  /** The same with a system property. */
  public FakeEnvironment withProperty(String name, String value) {
    return new FakeEnvironment(variables, with(properties, name, value), files, metadata);
  }

  /** The same with a text file. */
  public FakeEnvironment withFile(String path, String text) {
    return new FakeEnvironment(
        variables, properties, with(files, path, Optional.of(text)), metadata);
  }

  /** The same with a directory, or a file this process may see but not read. */
  public FakeEnvironment withUnreadable(String path) {
    return new FakeEnvironment(
        variables, properties, with(files, path, Optional.empty()), metadata);
  }

  /** The same with a field of the firmware's DMI table. */
  public FakeEnvironment withDmi(String field, String value) {
    return withFile("/sys/class/dmi/id/" + field, value + "\n");
  }

  /** The same with somebody at the metadata addresses; nobody by default. */
  public FakeEnvironment withMetadata(MetadataService service) {
    return new FakeEnvironment(variables, properties, files, service);
  }

  private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
    Map<String, V> copy = new HashMap<>(map);
    copy.put(name, value);
    return copy;
  }

  @Override
  public Map<String, String> variables() {
    return variables;
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public boolean exists(String path) {
    return files.containsKey(path)
        || files.keySet().stream().anyMatch(file -> file.startsWith(path + "/"));
  }

  @Override
  public Optional<String> read(String path) {
    return files
        .getOrDefault(path, Optional.empty())
        .map(text -> text.substring(0, Math.min(text.length(), LONGEST_READ)));
  }

  @Override
  public MetadataService metadata() {
    return metadata;
  }

  /** Names only, since a test may put credentials in. */
  @Override
  public String toString() {
    return "FakeEnvironment["
        + variables.keySet()
        + ", "
        + properties.keySet()
        + ", "
        + files.keySet()
        + "]";
  }
}
