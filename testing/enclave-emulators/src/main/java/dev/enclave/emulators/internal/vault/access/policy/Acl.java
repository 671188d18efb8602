package dev.enclave.emulators.internal.vault.access.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What several policies allow together (openbao vault/acl.go; Vault documentation, "Policies",
 * Priority matching): their union, of which the rule of the most specific path decides alone, and
 * in which a denial wins. Immutable.
 */
public final class Acl {

  private static final Set<Capability> WITH_PARAMETERS =
      EnumSet.of(Capability.READ, Capability.CREATE, Capability.UPDATE, Capability.PATCH);

  private final boolean root;
  private final Map<String, Grant> exact = new HashMap<>();
  private final TreeMap<String, Grant> prefixes = new TreeMap<>();
  private final Map<String, Grant> wildcards = new HashMap<>();

  /** Of these policies. */
  public Acl(Collection<Policy> policies) {
    root = policies.stream().anyMatch(policy -> policy.name().equals(Policy.ROOT));
    for (Policy policy : policies) {
      for (PathRule rule : policy.rules()) {
        Map<String, Grant> rules = rule.wildcards() ? wildcards : rule.prefix() ? prefixes : exact;
        rules.computeIfAbsent(rule.path(), any -> new Grant()).add(rule);
      }
    }
  }

  /** Whether they allow everything. */
  public boolean isRoot() {
    return root;
  }

  /**
   * Whether a request is allowed.
   *
   * @param path with the namespace before it
   * @param sudo whether the path is one that takes {@code sudo} too
   */
  public boolean allows(
      Capability operation, String path, Map<String, @Nullable Object> data, boolean sudo) {
    if (root) {
      return true;
    }
    return find(operation, path)
        .filter(grant -> grant.capabilities.contains(operation))
        .filter(grant -> !sudo || grant.capabilities.contains(Capability.SUDO))
        .filter(grant -> !grant.wrappedOnly)
        .filter(grant -> !WITH_PARAMETERS.contains(operation) || grant.allows(data))
        .isPresent();
  }

  /** Whether any rule that allows something is about a path below a mount (hasMountAccess). */
  public boolean touches(String mount) {
    return root
        || exact.entrySet().stream()
            .anyMatch(rule -> rule.getKey().startsWith(mount) && rule.getValue().allowsAnything())
        || prefixes.entrySet().stream()
            .anyMatch(rule -> meets(rule.getKey(), mount) && rule.getValue().allowsAnything())
        || wildcards.entrySet().stream()
            .anyMatch(
                rule ->
                    meets(rule.getKey().substring(0, rule.getKey().indexOf('+')), mount)
                        && rule.getValue().allowsAnything());
  }

  private static boolean meets(String beginning, String mount) {
    return beginning.startsWith(mount) || mount.startsWith(beginning);
  }

  /** Whether it is allowed what takes {@code sudo} on a path. */
  public boolean isSudo(String path) {
    return root
        || find(Capability.LIST, path)
            .filter(grant -> grant.capabilities.contains(Capability.SUDO))
            .isPresent();
  }

  /** The names of the capabilities on a path, sorted, as sys/capabilities tells them. */
  public List<String> capabilities(String path) {
    if (root) {
      return List.of(Policy.ROOT);
    }
    Set<Capability> all =
        find(Capability.LIST, path)
            .map(grant -> grant.capabilities)
            .orElse(EnumSet.noneOf(Capability.class));
    return all.isEmpty()
        ? List.of(Capability.DENY.text())
        : all.stream().map(Capability::text).toList();
  }

  /** A list asks for a path that ends in a slash, and the rules for the same without it count. */
  private Optional<Grant> find(Capability operation, String path) {
    String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    boolean list = operation == Capability.LIST || operation == Capability.SCAN;
    return Optional.ofNullable(exact.get(path))
        .or(() -> list ? Optional.ofNullable(exact.get(bare)) : Optional.empty())
        .or(() -> operation == Capability.LIST ? inexact(bare) : Optional.empty())
        .or(() -> inexact(path));
  }

  /** A rule with wildcards or of a prefix that matches. */
  private record Match(int firstWildcard, boolean prefix, int segments, String path, Grant grant) {}

  private static final Comparator<Match> PRIORITY =
      Comparator.comparingInt(Match::firstWildcard)
          .thenComparing(Match::prefix, Comparator.reverseOrder())
          .thenComparing(Match::segments, Comparator.reverseOrder())
          .thenComparing(match -> match.path().length())
          .thenComparing(Match::path);

  private Optional<Grant> inexact(String path) {
    List<Match> matches = new ArrayList<>();
    longestPrefix(path)
        .ifPresent(
            prefix ->
                matches.add(new Match(prefix.length(), true, 0, prefix, prefixes.get(prefix))));
    wildcards.forEach(
        (rule, grant) -> {
          boolean prefix = rule.endsWith("*");
          String bare = prefix ? rule.substring(0, rule.length() - 1) : rule;
          if (matches(bare, prefix, path)) {
            int segments = (int) List.of(bare.split("/", -1)).stream().filter("+"::equals).count();
            matches.add(new Match(rule.indexOf('+'), prefix, segments, bare, grant));
          }
        });
    return matches.stream().max(PRIORITY).map(Match::grant);
  }

  private Optional<String> longestPrefix(String path) {
    return prefixes.keySet().stream()
        .filter(path::startsWith)
        .max(Comparator.comparingInt(String::length));
  }

  /** {@code +} is any one segment; a prefix ends within its last one. */
  private static boolean matches(String rule, boolean prefix, String path) {
    String[] wanted = rule.split("/", -1);
    String[] parts = path.split("/", -1);
    if (prefix ? parts.length < wanted.length : parts.length != wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      boolean last = prefix && i == wanted.length - 1;
      if (!wanted[i].equals("+")
          && !wanted[i].equals(parts[i])
          && !(last && parts[i].startsWith(wanted[i]))) {
        return false;
      }
    }
    return true;
  }

  /** What all policies together say about one path. */
  private static final class Grant {

    private final Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
    private final Map<String, List<Object>> allowed = new LinkedHashMap<>();
    private final Map<String, List<Object>> denied = new LinkedHashMap<>();
    private final List<String> required = new ArrayList<>();
    private boolean wrappedOnly;

    boolean allowsAnything() {
      return !capabilities.isEmpty() && !capabilities.contains(Capability.DENY);
    }

    void add(PathRule rule) {
      if (capabilities.contains(Capability.DENY)) {
        return;
      }
      if (rule.capabilities().contains(Capability.DENY)) {
        capabilities.clear();
        allowed.clear();
        denied.clear();
      }
      capabilities.addAll(rule.capabilities());
      rule.allowed().ifPresent(more -> merge(allowed, more));
      rule.denied().ifPresent(more -> merge(denied, more));
      required.addAll(rule.required());
      wrappedOnly |= rule.wrappedOnly();
    }

    /** An empty list, which stands for any value, wins over others. */
    private static void merge(Map<String, List<Object>> all, Map<String, List<Object>> more) {
      more.forEach(
          (name, values) ->
              all.merge(
                  name,
                  values,
                  (first, second) -> {
                    if (first.isEmpty() || second.isEmpty()) {
                      return List.of();
                    }
                    List<Object> both = new ArrayList<>(second);
                    both.addAll(first);
                    return both;
                  }));
    }

    boolean allows(Map<String, @Nullable Object> data) {
      if (!required.stream().allMatch(name -> data.containsKey(name.toLowerCase(Locale.ROOT)))) {
        return false;
      }
      if (data.isEmpty()) {
        return true;
      }
      if (denied.containsKey("*")) {
        return false;
      }
      boolean anyParameter = allowed.isEmpty() || allowed.containsKey("*");
      for (Map.Entry<String, @Nullable Object> each : data.entrySet()) {
        String name = each.getKey().toLowerCase(Locale.ROOT);
        List<Object> never = denied.get(name);
        if (never != null && contains(never, each.getValue())) {
          return false;
        }
        List<Object> only = allowed.get(name);
        if (only == null ? !anyParameter : !contains(only, each.getValue())) {
          return false;
        }
      }
      return true;
    }

    private static boolean contains(List<Object> values, @Nullable Object value) {
      return values.isEmpty() || values.stream().anyMatch(each -> same(each, value));
    }

    /**
     * Numbers are never the same: those of a policy are integers, those of a request are JSON
     * numbers, and valueInSlice compares their types too.
     */
    private static boolean same(Object pattern, @Nullable Object value) {
      if (pattern instanceof String glob && value instanceof String text) {
        return glob(glob, text);
      }
      return (pattern instanceof Boolean || pattern instanceof List<?>) && pattern.equals(value);
    }

    /** go-secure-stdlib's GlobbedStringsMatch: {@code *} at the beginning, at the end, or both. */
    private static boolean glob(String glob, String text) {
      boolean begins = glob.startsWith("*");
      boolean ends = glob.endsWith("*");
      if (glob.length() < 2) {
        return begins || glob.equals(text);
      }
      String bare = glob.substring(begins ? 1 : 0, glob.length() - (ends ? 1 : 0));
      if (begins && ends) {
        return text.contains(bare);
      }
      return begins ? text.endsWith(bare) : ends ? text.startsWith(bare) : glob.equals(text);
    }
  }
}
