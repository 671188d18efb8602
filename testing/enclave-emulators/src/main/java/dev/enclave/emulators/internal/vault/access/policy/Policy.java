package dev.enclave.emulators.internal.vault.access.policy;

import dev.enclave.emulators.internal.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A policy (Vault documentation, "Policies"; openbao vault/policy.go), in HCL or in JSON. A path
 * with a template is skipped, as Vault skips it for a token without an entity: this server has none
 * that a template could name.
 *
 * @param name in lower case
 * @param text as written
 */
public record Policy(String name, String text, List<PathRule> rules) {

  /** It allows everything; it has no text. */
  public static final String ROOT = "root";

  private static final Set<String> KEYS =
      Set.of(
          "comment",
          "policy",
          "capabilities",
          "allowed_parameters",
          "denied_parameters",
          "required_parameters",
          "min_wrapping_ttl",
          "max_wrapping_ttl");

  /**
   * OpenBao and Vault Enterprise take these, and a policy that is read without them allows more.
   */
  private static final Set<String> NOT_EVALUATED =
      Set.of(
          "mfa_methods",
          "control_group",
          "pagination_limit",
          "expiration",
          "list_scan_response_keys_filter_path");

  /**
   * What {@code text} says.
   *
   * @param namespace that its paths are in: empty, or with a slash at its end
   * @throws PolicyFailure when Vault would not take it either, or when it has what is not evaluated
   *     here
   */
  public static Policy parse(String name, String text, String namespace) {
    try {
      List<PathRule> rules = new ArrayList<>();
      for (Hcl.Item item : root(text).items()) {
        switch (item.keys().get(0)) {
          case "name" -> {
            // The URL names it.
          }
          case "path" -> addRules(rules, item, namespace);
          default -> throw invalidKeys(List.of(item));
        }
      }
      return new Policy(name.toLowerCase(Locale.ROOT), text, List.copyOf(rules));
    } catch (PolicyFailure e) {
      throw new PolicyFailure("failed to parse policy: " + e.text());
    }
  }

  private static Hcl.Block root(String text) {
    return text.strip().startsWith("{")
        ? Json.parseObject(text.getBytes(StandardCharsets.UTF_8))
            .map(Policy::block)
            .orElseThrow(() -> new PolicyFailure("the JSON could not be parsed"))
        : Hcl.parse(text);
  }

  private static Hcl.Block block(Map<?, ?> json) {
    List<Hcl.Item> items = new ArrayList<>();
    json.forEach(
        (key, value) ->
            items.add(new Hcl.Item(List.of((String) key), value(value == null ? "" : value), 0)));
    return new Hcl.Block(items);
  }

  private static Object value(Object json) {
    return json instanceof Map<?, ?> map ? block(map) : json;
  }

  /** {@code path "a" { }}, or as JSON writes it {@code path = { "a" = { }, "b" = { } }}. */
  private static void addRules(List<PathRule> rules, Hcl.Item item, String namespace) {
    List<Hcl.Item> paths = new ArrayList<>();
    if (item.keys().size() == 2) {
      paths.add(new Hcl.Item(item.keys().subList(1, 2), item.value(), item.line()));
    } else if (item.value() instanceof Hcl.Block block) {
      paths.addAll(block.items());
    } else if (item.value() instanceof List<?> list) {
      // JSON may have a list of such objects.
      list.forEach(
          each -> {
            if (each instanceof Map<?, ?> map) {
              paths.addAll(block(map).items());
            }
          });
    }
    for (Hcl.Item path : paths) {
      String key = path.keys().get(0);
      if (!(path.value() instanceof Hcl.Block block)) {
        throw new PolicyFailure("cannot check HCL keys of type *ast.LiteralType");
      }
      rule(key, block, namespace).ifPresent(rules::add);
    }
  }

  private static Optional<PathRule> rule(String key, Hcl.Block block, String namespace) {
    Map<String, Object> values = new LinkedHashMap<>();
    List<Hcl.Item> unknown = new ArrayList<>();
    for (Hcl.Item item : block.items()) {
      String name = item.keys().get(0);
      if (NOT_EVALUATED.contains(name)) {
        throw new PolicyFailure(at(key) + name + " is not evaluated by this server");
      }
      if (KEYS.contains(name)) {
        values.put(name, item.value());
      } else {
        unknown.add(item);
      }
    }
    if (!unknown.isEmpty()) {
      throw new PolicyFailure(at(key) + invalidKeys(unknown).text());
    }
    if (key.contains("{{")) {
      return Optional.empty();
    }
    String path = namespace + (key.startsWith("/") ? key.substring(1) : key);
    if (path.contains("+*")) {
      throw new PolicyFailure(
          "path \"" + path + "\": invalid use of wildcards ('+*' is forbidden)");
    }
    boolean wildcards = path.equals("+") || path.contains("/+") || path.startsWith("+/");
    boolean prefix = path.endsWith("*") && !wildcards;
    Set<Capability> capabilities = capabilities(key, values);
    boolean deny = capabilities.contains(Capability.DENY);
    return Optional.of(
        new PathRule(
            prefix ? path.substring(0, path.length() - 1) : path,
            prefix,
            wildcards,
            deny ? EnumSet.of(Capability.DENY) : capabilities,
            parameters(key, values, "allowed_parameters").filter(any -> !deny),
            parameters(key, values, "denied_parameters").filter(any -> !deny),
            deny ? List.of() : texts(key, values, "required_parameters"),
            !deny
                && (values.containsKey("min_wrapping_ttl")
                    || values.containsKey("max_wrapping_ttl"))));
  }

  private static Set<Capability> capabilities(String key, Map<String, Object> values) {
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    for (String name : texts(key, values, "capabilities")) {
      all.add(
          Capability.of(name)
              .orElseThrow(
                  () -> new PolicyFailure(at(key) + "invalid capability \"" + name + "\"")));
    }
    if (values.get("policy") instanceof String old) {
      all.addAll(
          switch (old) {
            case "deny" -> EnumSet.of(Capability.DENY);
            case "read" -> EnumSet.of(Capability.READ, Capability.LIST);
            case "write", "sudo" -> {
              Set<Capability> most =
                  EnumSet.of(
                      Capability.CREATE,
                      Capability.READ,
                      Capability.UPDATE,
                      Capability.DELETE,
                      Capability.LIST);
              if (old.equals("sudo")) {
                most.add(Capability.SUDO);
              }
              yield most;
            }
            default -> throw new PolicyFailure(at(key) + "invalid policy \"" + old + "\"");
          });
    }
    return all;
  }

  private static List<String> texts(String key, Map<String, Object> values, String name) {
    return listOf(key, name, values.getOrDefault(name, List.of())).stream()
        .map(Object::toString)
        .toList();
  }

  private static Optional<Map<String, List<Object>>> parameters(
      String key, Map<String, Object> values, String name) {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof Hcl.Block block)) {
      throw new PolicyFailure(at(key) + "'" + name + "' expected type 'map'");
    }
    return Optional.of(
        block.items().stream()
            .collect(
                Collectors.toMap(
                    item -> item.keys().get(0).toLowerCase(Locale.ROOT),
                    item -> listOf(key, name, item.value()),
                    (first, second) -> second)));
  }

  /** A single text counts as a list of one, as hashicorp/hcl's decoder.go takes it. */
  private static List<Object> listOf(String key, String name, Object value) {
    if (value instanceof List<?> list) {
      return List.copyOf(list);
    }
    if (value instanceof String || value instanceof Boolean) {
      return List.of(value);
    }
    throw new PolicyFailure(at(key) + "'" + name + "' expected type 'list'");
  }

  private static String at(String key) {
    return "path \"" + key + "\": ";
  }

  /** As sdk/helper/hclutil and go-multierror write it. */
  private static PolicyFailure invalidKeys(List<Hcl.Item> items) {
    return new PolicyFailure(
        items.stream()
            .map(item -> "\t* invalid key \"" + item.keys().get(0) + "\" on line " + item.line())
            .collect(
                Collectors.joining(
                    "\n",
                    items.size() == 1
                        ? "1 error occurred:\n"
                        : items.size() + " errors occurred:\n",
                    "\n\n")));
  }
}
