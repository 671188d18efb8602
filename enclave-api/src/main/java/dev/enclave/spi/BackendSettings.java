package dev.enclave.spi;

import dev.enclave.BackendId;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.texts.Texts;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A backend's own section of the configuration, {@code enclave.<id>.*}. Immutable. {@link
 * #toString()} shows names only.
 */
public final class BackendSettings {

  private final BackendId backend;
  private final Map<String, String> values;
  private final SecretSource secrets;

  /**
   * @param backend whose section
   * @param values from names without the prefix to values
   */
  public BackendSettings(BackendId backend, Map<String, String> values) {
    this(backend, values, setting -> Optional.empty());
  }

  private BackendSettings(BackendId backend, Map<String, String> values, SecretSource secrets) {
    this.backend = backend;
    this.values = Map.copyOf(values);
    this.secrets = secrets;
  }

  /** The same, with secrets from {@code source}. */
  public BackendSettings with(SecretSource source) {
    return new BackendSettings(backend, values, source);
  }

  /**
   * The answer of the {@link SecretSource} for a setting, which is not in {@link #get}. The caller
   * closes it.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) when the source
   *     throws
   */
  public Optional<SecretBytes> secret(String name) {
    try {
      return secrets.secret(fullName(name));
    } catch (Exception | LinkageError e) {
      // Its message stays out: it may quote the secret.
      throw Texts.SECRET_SOURCE_THREW.as(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          secrets.getClass().getName(),
          e.getClass().getName(),
          fullName(name));
    }
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
                Texts.SETTING_MISSING.as(ErrorCode.CONFIGURATION_MISSING, fullName(name), backend));
  }

  /** The names that are set, without prefix. */
  public Set<String> names() {
    return values.keySet();
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
