package dev.enclave.cli.places;

import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.util.Map;
import java.util.Optional;

/** A machine that says what it is told to, with the real network of this one. */
record NetworkOnly(Map<String, String> variables, EnvironmentSnapshot real)
    implements EnvironmentSnapshot {

  @Override
  public Map<String, String> properties() {
    return Map.of("os.name", "Linux");
  }

  @Override
  public boolean exists(String path) {
    return false;
  }

  @Override
  public Optional<String> read(String path) {
    return Optional.empty();
  }

  @Override
  public MetadataService metadata() {
    return real.metadata();
  }
}
