package dev.enclave.emulators.internal.azure.keys;

import dev.enclave.emulators.internal.access.Wildcard;
import dev.enclave.emulators.internal.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A custom role that is assigned at its assignable scopes (Azure RBAC, "Understand Azure role
 * definitions"; "Managed HSM role management"). Control plane actions say nothing here.
 *
 * @param keyNames the keys that it is for; none for all of the vault
 */
record RoleDefinition(
    List<String> dataActions, List<String> notDataActions, List<String> keyNames) {

  private static final Set<String> ELEMENTS =
      Set.of(
          "name",
          "rolename",
          "iscustom",
          "description",
          "actions",
          "notactions",
          "dataactions",
          "notdataactions",
          "assignablescopes");

  /** A scope within a vault or managed HSM, whatever the vault's name. */
  private static final Pattern SCOPE =
      Pattern.compile("(?i)(?:/.*/vaults/[^/]+)?/?(?:keys/?(?<key>[^/]+)?)?");

  /**
   * Reads the JSON that {@code az role definition create} or {@code az keyvault role definition
   * create} takes.
   *
   * @throws IllegalArgumentException for what is not evaluated here
   */
  static RoleDefinition parse(String document) {
    Map<String, @Nullable Object> role = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    role.putAll(
        Json.parseObject(document.getBytes(StandardCharsets.UTF_8))
            .orElseThrow(
                () -> new IllegalArgumentException("A role definition is not a JSON object.")));
    role.keySet().stream()
        .filter(element -> ELEMENTS.stream().noneMatch(element::equalsIgnoreCase))
        .findFirst()
        .ifPresent(
            element -> {
              throw new IllegalArgumentException(
                  "Element " + element + " of a role definition is not evaluated here.");
            });
    return new RoleDefinition(
        texts(role, "DataActions"),
        texts(role, "NotDataActions"),
        texts(role, "AssignableScopes").stream()
            .map(RoleDefinition::keyName)
            .filter(name -> !name.isEmpty())
            .toList());
  }

  private static List<String> texts(Map<String, @Nullable Object> role, String element) {
    Object value = role.getOrDefault(element, List.of());
    if (!(value instanceof List<?> list)) {
      throw new IllegalArgumentException(element + " of a role definition is not a list.");
    }
    return list.stream().map(String::valueOf).toList();
  }

  private static String keyName(String scope) {
    Matcher matcher = SCOPE.matcher(scope);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("Scope " + scope + " is not within a vault.");
    }
    return matcher.group("key") == null ? "" : matcher.group("key");
  }

  /**
   * Whether it allows {@code action}, by its whole name.
   *
   * @param keyName an empty string for what concerns no single key
   */
  boolean allows(String action, String keyName) {
    return (keyNames.isEmpty() || keyNames.stream().anyMatch(keyName::equalsIgnoreCase))
        && dataActions.stream().anyMatch(pattern -> Wildcard.matches(pattern, action))
        && notDataActions.stream().noneMatch(pattern -> Wildcard.matches(pattern, action));
  }
}
