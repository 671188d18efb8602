package dev.enclave.core.internal.config;

import dev.enclave.BackendId;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SettingSpec;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The names a setting may have: the engine's own and those the providers declare. Immutable. */
public final class KnownSettings {

  /** One configuration serves several deployments, so sections of absent backends are let be. */
  private static final List<BackendId> WELL_KNOWN =
      List.of(
          BackendId.AWS_KMS,
          BackendId.AZURE_KEYVAULT,
          BackendId.GCP_KMS,
          BackendId.KUBERNETES,
          BackendId.OS,
          BackendId.PKCS11,
          BackendId.SOFTWARE,
          BackendId.VAULT);

  private final Map<String, Boolean> secretByName = new LinkedHashMap<>();
  private final Set<String> openSections = new TreeSet<>();

  /**
   * @param backends per backend on the class path, the settings it declares
   */
  public KnownSettings(Map<BackendId, ? extends Collection<SettingSpec>> backends) {
    Settings.own().forEach(name -> secretByName.put(name, false));
    backends.keySet().forEach(KnownSettings::requireOwnSection);
    backends.forEach(
        (id, specs) ->
            specs.forEach(
                spec -> secretByName.put(Settings.PREFIX + id + "." + spec.name(), spec.secret())));
    WELL_KNOWN.stream()
        .filter(id -> !backends.containsKey(id))
        .forEach(id -> openSections.add(Settings.PREFIX + id + "."));
  }

  /** A backend called keys or audit would read, or redefine, what is the engine's. */
  private static void requireOwnSection(BackendId id) {
    String section = Settings.PREFIX + id + ".";
    if (section.equals(Settings.KEYS)
        || Settings.own().stream().anyMatch(name -> name.startsWith(section))) {
      throw Texts.SECTION_OF_THE_ENGINE.as(ErrorCode.BACKEND_CONTRACT, id, section);
    }
  }

  boolean knows(String name) {
    return secretByName.containsKey(name)
        || Settings.adopts(name)
        || Settings.acceptsUnreadableStamp(name)
        || ofAbsentBackend(name);
  }

  /** Whether the setting belongs to a well-known backend whose provider is not here. */
  boolean ofAbsentBackend(String name) {
    return openSections.stream().anyMatch(name::startsWith);
  }

  /** Whether the value must not be shown; so is everything of a provider that cannot be asked. */
  boolean isSecret(String name) {
    return secretByName.getOrDefault(name, ofAbsentBackend(name));
  }

  /** The setting an {@code ENCLAVE_*} variable stands for; none if there is no such setting. */
  Optional<String> ofVariable(String variable) {
    for (String name : secretByName.keySet()) {
      if (variableOf(name).equals(variable)) {
        return Optional.of(name);
      }
    }
    if (variable.startsWith("ENCLAVE_KEYS_")) {
      String rest = variable.substring("ENCLAVE_KEYS_".length());
      String accepting = variableOf(Settings.ACCEPT_UNREADABLE_STAMP);
      boolean accepts = rest.endsWith(accepting);
      String key = accepts ? rest.substring(0, rest.length() - accepting.length()) : rest;
      return Optional.of(
          Settings.KEYS
              + key.toLowerCase(Locale.ROOT).replace('_', '-')
              + (accepts ? Settings.ACCEPT_UNREADABLE_STAMP : ""));
    }
    for (String section : openSections) {
      String start = variableOf(section);
      if (variable.startsWith(start) && variable.length() > start.length()) {
        return Optional.of(
            section
                + variable.substring(start.length()).toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }
    return Optional.empty();
  }

  static String variableOf(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The known name most like {@code name}; one that it abbreviates comes first. */
  String nearest(String name) {
    int dot = name.startsWith(Settings.KEYS) ? name.indexOf('.', Settings.KEYS.length()) : -1;
    if (dot > Settings.KEYS.length()) {
      return name.substring(0, dot) + Settings.ACCEPT_UNREADABLE_STAMP;
    }
    return secretByName.keySet().stream()
        .min(
            Comparator.comparing((String known) -> !known.startsWith(name))
                .thenComparingInt(known -> distance(known, name)))
        .orElse(Settings.ENVIRONMENT.name());
  }

  /** Levenshtein's. */
  private static int distance(String left, String right) {
    String a = shortened(left);
    String b = shortened(right);
    int[] previous = IntStream.rangeClosed(0, b.length()).toArray();
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), 128));
  }
}
