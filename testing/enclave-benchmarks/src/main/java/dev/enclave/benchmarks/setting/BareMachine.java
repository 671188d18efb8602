package dev.enclave.benchmarks.setting;

import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Map;
import java.util.Optional;

/**
 * A machine that says nothing else, so that the real one's settings change no figure.
 *
 * @param variables the environment variables it has
 * @param files the files it has, their texts by path
 */
public record BareMachine(Map<String, String> variables, Map<String, String> files)
    implements EnvironmentSnapshot {

  /** Without variables and files. */
  BareMachine() {
    this(Map.of(), Map.of());
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }

  @Override
  public boolean exists(String path) {
    return files.containsKey(path);
  }

  @Override
  public Optional<String> read(String path) {
    return Optional.ofNullable(files.get(path));
  }
}
