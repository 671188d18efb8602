package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings from somewhere else, such as a framework's own configuration. Later sources win. The
 * file of {@code ENCLAVE_CONFIG}, variables and system properties come after those given to {@code
 * EnclaveFactory.Builder.config}, and before those given to {@code
 * EnclaveFactory.Builder.override}. A setting of the policy, such as {@code enclave.environment},
 * is not lowered by a later source unless the source of the stricter value names it in {@code
 * enclave.may-be-lowered}.
 *
 * @param name how messages and {@code enclave doctor} call it
 * @param settings from full names ({@code enclave.environment}) to values; read once at start-up.
 *     Names that do not start with {@code enclave.} are ignored, so that a framework may hand over
 *     all it has
 */
public record ConfigSource(String name, Map<String, String> settings) {

  public ConfigSource {
    settings.forEach(ConfigSource::requireText);
    settings = Map.copyOf(settings);
  }

  private static void requireText(@Nullable String name, @Nullable String value) {
    if (name == null || value == null) {
      throw Texts.SETTING_WITHOUT_VALUE.as(
          ErrorCode.INVALID_ARGUMENT, name == null ? Texts.WITHOUT_A_NAME.with() : Quoted.of(name));
    }
  }

  /** Gives the name and the settings' names; values may be secret. */
  @Override
  public String toString() {
    return "ConfigSource[" + name + ", " + new java.util.TreeSet<>(settings.keySet()) + "]";
  }
}
