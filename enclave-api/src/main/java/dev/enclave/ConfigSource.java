package dev.enclave;

import java.util.Map;

/**
 * Settings from somewhere else, such as a framework's own configuration. Later sources win; those
 * given to {@link EnclaveFactory.Builder#config} win over files, environment and system properties.
 *
 * @param name how messages and {@code enclave doctor} call it
 * @param settings from full names ({@code enclave.environment}) to values; read once at start-up.
 *     Names that do not start with {@code enclave.} are ignored, so that a framework may hand over
 *     all it has
 */
public record ConfigSource(String name, Map<String, String> settings) {

  public ConfigSource {
    settings = Map.copyOf(settings);
  }

  /** Gives the name and the settings' names; values may be secret. */
  @Override
  public String toString() {
    return "ConfigSource[" + name + ", " + new java.util.TreeSet<>(settings.keySet()) + "]";
  }
}
