package dev.enclave.core.internal.support;

import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An environment written down in the test. */
public final class MapEnvironment implements EnvironmentSnapshot {

  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> files = new HashMap<>();
  private Optional<List<String>> jvmOptions = Optional.empty();

  public MapEnvironment variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  public MapEnvironment property(String name, String value) {
    properties.put(name, value);
    return this;
  }

  public MapEnvironment file(String path, String content) {
    files.put(path, content);
    return this;
  }

  /** As {@code RuntimeMXBean.getInputArguments} gives them. */
  public MapEnvironment jvmOptions(String... options) {
    jvmOptions = Optional.of(List.of(options));
    return this;
  }

  @Override
  public Optional<List<String>> jvmOptions() {
    return jvmOptions;
  }

  @Override
  public Map<String, String> variables() {
    return Map.copyOf(variables);
  }

  @Override
  public Map<String, String> properties() {
    return Map.copyOf(properties);
  }

  @Override
  public boolean exists(String path) {
    return files.keySet().stream().anyMatch(f -> f.equals(path) || f.startsWith(path + "/"));
  }

  @Override
  public Optional<String> read(String path) {
    return Optional.ofNullable(files.get(path));
  }
}
