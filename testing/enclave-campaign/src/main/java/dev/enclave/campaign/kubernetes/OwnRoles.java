package dev.enclave.campaign.kubernetes;

import static dev.enclave.campaign.kubernetes.OwnObjects.list;
import static dev.enclave.campaign.kubernetes.OwnObjects.objects;
import static dev.enclave.campaign.kubernetes.OwnObjects.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** RBAC, of Roles and RoleBindings of service accounts: whatever none of them grants is denied. */
final class OwnRoles {

  static final String ADMIN = "admin";
  static final String REVIEWS = "authorization.k8s.io";

  /** What {@code system:basic-user} grants to whoever is authenticated. */
  private static final Map<String, List<String>> BASIC =
      Map.of(
          "verbs", List.of("create"),
          "apiGroups", List.of(REVIEWS),
          "resources", List.of("selfsubjectaccessreviews", "selfsubjectrulesreviews"));

  /**
   * What somebody wants to do.
   *
   * @param resource with its subresource
   * @param namespace empty for all, and for what is in none
   * @param name empty for all, and for what is to be made
   */
  record Wish(String verb, String group, String resource, String namespace, String name) {}

  private final OwnObjects stored;

  OwnRoles(OwnObjects stored) {
    this.stored = stored;
  }

  /** What a service account is called as a user. */
  static String user(String namespace, String account) {
    return "system:serviceaccount:" + namespace + ":" + account;
  }

  boolean allows(String user, Wish wish) {
    return user.equals(ADMIN)
        || rules(user, wish.namespace()).stream().anyMatch(rule -> grants(rule, wish));
  }

  /** The rules that bind it in a namespace. */
  List<Map<?, ?>> rules(String user, String namespace) {
    List<Map<?, ?>> rules = new ArrayList<>(List.of(BASIC));
    for (Map<?, ?> binding : stored.all("rolebindings", namespace)) {
      if (objects(binding, "subjects").stream().anyMatch(s -> isOf(s, user, namespace))
          && text(binding, "roleRef", "kind").equals("Role")) {
        stored
            .find("roles", namespace, text(binding, "roleRef", "name"))
            .ifPresent(role -> rules.addAll(objects(role, "rules")));
      }
    }
    return rules;
  }

  /** A subject without a namespace is of the binding's own. */
  private static boolean isOf(Map<?, ?> subject, String user, String namespace) {
    String in = text(subject, "namespace");
    return text(subject, "kind").equals("ServiceAccount")
        && user.equals(user(in.isEmpty() ? namespace : in, text(subject, "name")));
  }

  private static boolean grants(Map<?, ?> rule, Wish wish) {
    List<?> names = list(rule, "resourceNames");
    return has(rule, "verbs", wish.verb())
        && has(rule, "apiGroups", wish.group())
        && has(rule, "resources", wish.resource())
        && (names.isEmpty() || names.contains(wish.name()));
  }

  private static boolean has(Map<?, ?> rule, String list, String value) {
    List<?> values = list(rule, list);
    return values.contains("*") || values.contains(value);
  }
}
