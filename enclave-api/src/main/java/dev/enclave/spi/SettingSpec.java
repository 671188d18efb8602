package dev.enclave.spi;

/**
 * A setting a backend understands.
 *
 * @param name without the {@code enclave.<id>.} prefix; lower case, words joined by {@code -}
 * @param description one sentence, with an example value
 * @param secret whether the value is shown as {@code ***}
 */
public record SettingSpec(String name, String description, boolean secret) {

  /** A setting whose value may be shown. */
  public static SettingSpec of(String name, String description) {
    return new SettingSpec(name, description, false);
  }

  /** A setting whose value is never shown. */
  public static SettingSpec secret(String name, String description) {
    return new SettingSpec(name, description, true);
  }
}
