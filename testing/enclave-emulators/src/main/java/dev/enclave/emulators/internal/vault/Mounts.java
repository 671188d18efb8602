package dev.enclave.emulators.internal.vault;

import dev.enclave.emulators.internal.vault.common.VaultRoute;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is mounted where: namespaces, each with routes by the prefixes of their paths. */
final class Mounts {

  /** A prefix of a path and what handles it. */
  record Mounted(String prefix, VaultRoute route) {}

  private final Map<String, Map<String, VaultRoute>> namespaces = new HashMap<>();

  /** A namespace, such as {@code a/b/}, or the root one, which is empty; its parents exist too. */
  void add(String namespace, Map<String, VaultRoute> routes) {
    namespaces.computeIfAbsent(namespace, any -> new TreeMap<>()).putAll(routes);
    for (int slash = namespace.indexOf('/');
        slash >= 0;
        slash = namespace.indexOf('/', slash + 1)) {
      namespaces.computeIfAbsent(namespace.substring(0, slash + 1), any -> new TreeMap<>());
    }
  }

  /** Their names. */
  Collection<String> namespaces() {
    return namespaces.keySet();
  }

  /**
   * The longest prefix of the path that something is mounted at; a path may lack its last slash.
   */
  Optional<Mounted> of(String namespace, String path) {
    String whole = path.endsWith("/") ? path : path + "/";
    Mounted found = null;
    for (Map.Entry<String, VaultRoute> each :
        namespaces.getOrDefault(namespace, Map.of()).entrySet()) {
      String prefix = each.getKey();
      if (whole.startsWith(prefix)
          && (found == null || prefix.length() > found.prefix().length())) {
        found = new Mounted(prefix, each.getValue());
      }
    }
    return Optional.ofNullable(found);
  }
}
