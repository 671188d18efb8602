package dev.enclave.spi;

import dev.enclave.BackendId;
import dev.enclave.ConfigurationException;
import dev.enclave.ErrorCode;
import java.util.Map;
import java.util.Optional;

/**
 * A backend's own section of the configuration, {@code enclave.<id>.*}. Immutable. {@link
 * #toString()} shows names only.
 */
public final class BackendSettings {

  private final BackendId backend;
  private final Map<String, String> values;

  /**
   * @param backend whose section
   * @param values from names without the prefix to values
   */
  public BackendSettings(BackendId backend, Map<String, String> values) {
    this.backend = backend;
    this.values = Map.copyOf(values);
  }

  /** The value, if set. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * The value.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_MISSING}) when it is not set
   */
  public String require(String name) {
    return get(name)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    ErrorCode.CONFIGURATION_MISSING,
                    "Setting "
                        + fullName(name)
                        + " is not set and backend "
                        + backend
                        + " needs it. Set it."));
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return "enclave." + backend + "." + name;
  }

  @Override
  public String toString() {
    return "BackendSettings[" + backend + ", " + new java.util.TreeSet<>(values.keySet()) + "]";
  }
}
