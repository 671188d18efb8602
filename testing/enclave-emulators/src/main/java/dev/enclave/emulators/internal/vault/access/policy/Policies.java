package dev.enclave.emulators.internal.vault.access.policy;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The policies of all namespaces (openbao vault/policy_store.go). What is set counts from the next
 * request on. Thread-safe.
 */
public final class Policies {

  /** The policy that tokens have unless they are made without it. */
  public static final String DEFAULT = "default";

  /** What the default policy of a new server grants, of what this server has. */
  private static final String DEFAULT_TEXT =
      """
      path "auth/token/lookup-self"  { capabilities = ["read"] }
      path "auth/token/renew-self"   { capabilities = ["update"] }
      path "auth/token/revoke-self"  { capabilities = ["update"] }
      path "sys/capabilities-self"   { capabilities = ["update"] }
      path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }
      path "sys/renew"               { capabilities = ["update"] }
      path "sys/leases/renew"        { capabilities = ["update"] }
      path "sys/leases/lookup"       { capabilities = ["update"] }
      path "cubbyhole/*"             { capabilities = ["create", "read", "update", "delete", "list"] }
      path "sys/wrapping/wrap"       { capabilities = ["update"] }
      path "sys/wrapping/lookup"     { capabilities = ["update"] }
      path "sys/wrapping/unwrap"     { capabilities = ["update"] }
      path "sys/tools/hash"          { capabilities = ["update"] }
      path "sys/tools/hash/*"        { capabilities = ["update"] }
      """;

  private static final Policy ROOT = new Policy(Policy.ROOT, "", List.of());

  private final Map<String, Map<String, Policy>> byNamespace = new ConcurrentHashMap<>();

  /** Gives a new namespace its default policy; {@code ""} is the root namespace. */
  public void addNamespace(String namespace) {
    byNamespace.computeIfAbsent(
        namespace,
        any -> {
          Map<String, Policy> policies = new ConcurrentHashMap<>();
          policies.put(DEFAULT, Policy.parse(DEFAULT, DEFAULT_TEXT, namespace));
          return policies;
        });
  }

  /**
   * Sets a policy.
   *
   * @throws PolicyFailure with Vault's text
   */
  public void set(String namespace, String name, String text) {
    Policy policy = Policy.parse(name, text, namespace);
    if (policy.name().equals(Policy.ROOT)) {
      throw new PolicyFailure("cannot update \"root\" policy");
    }
    of(namespace).put(policy.name(), policy);
  }

  /**
   * Removes a policy, if there is one.
   *
   * @throws PolicyFailure for those that stay
   */
  public void remove(String namespace, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals(Policy.ROOT)) {
      throw new PolicyFailure("cannot delete \"root\" policy");
    }
    if (lower.equals(DEFAULT)) {
      throw new PolicyFailure("cannot delete default policy");
    }
    of(namespace).remove(lower);
  }

  /** The policy of a name, in any case. */
  public Optional<Policy> find(String namespace, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals(Policy.ROOT) && namespace.isEmpty()
        ? Optional.of(ROOT)
        : Optional.ofNullable(of(namespace).get(lower));
  }

  /** The names of all, sorted; {@code root} is listed in the root namespace. */
  public List<String> names(String namespace) {
    Map<String, Policy> sorted = new TreeMap<>(of(namespace));
    if (namespace.isEmpty()) {
      sorted.put(Policy.ROOT, ROOT);
    }
    return List.copyOf(sorted.keySet());
  }

  /** What those of {@code names} that exist allow together. */
  public Acl acl(String namespace, Collection<String> names) {
    return new Acl(names.stream().flatMap(name -> find(namespace, name).stream()).toList());
  }

  private Map<String, Policy> of(String namespace) {
    return byNamespace.getOrDefault(namespace, Map.of());
  }
}
