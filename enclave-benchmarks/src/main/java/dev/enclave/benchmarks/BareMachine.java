package dev.enclave.benchmarks;

import dev.enclave.spi.EnvironmentSnapshot;
import java.util.Map;
import java.util.Optional;

/**
 * A machine that says nothing else, so that the real one's settings change no figure.
 *
 * @param variables the environment variables it has
 */
record BareMachine(Map<String, String> variables) implements EnvironmentSnapshot {

  /** Without variables. */
  BareMachine() {
    this(Map.of());
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }

  @Override
  public boolean exists(String path) {
    return false;
  }

  @Override
  public Optional<String> read(String path) {
    return Optional.empty();
  }
}
