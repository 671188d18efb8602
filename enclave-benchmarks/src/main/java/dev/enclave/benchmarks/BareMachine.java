package dev.enclave.benchmarks;

import dev.enclave.spi.EnvironmentSnapshot;
import java.util.Map;
import java.util.Optional;

/** A machine that says nothing, so that the real one's settings change no figure. */
record BareMachine() implements EnvironmentSnapshot {

  @Override
  public Map<String, String> variables() {
    return Map.of();
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
