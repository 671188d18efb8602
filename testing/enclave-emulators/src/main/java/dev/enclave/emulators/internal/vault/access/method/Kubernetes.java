package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.vault.access.method.Jwts.Refused;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code kubernetes} (openbao builtin/credential/kubernetes/path_login.go). The token is checked by
 * the configuration's {@code pem_keys} and by a reviewer, each where there is one.
 */
final class Kubernetes extends AuthMethod {

  private final Optional<Predicate<String>> reviewer;

  /** Asks {@code reviewer} whether a token is valid, in place of an API server's TokenReview. */
  Kubernetes(Optional<Predicate<String>> reviewer) {
    this.reviewer = reviewer;
  }

  @Override
  String type() {
    return "kubernetes";
  }

  @Override
  void requireRole(Parameters role) {
    if (role.list("bound_service_account_names").isEmpty()) {
      throw VaultFailure.invalid("\"bound_service_account_names\" can not be empty");
    }
    if (role.list("bound_service_account_namespaces").isEmpty()) {
      throw VaultFailure.invalid("\"bound_service_account_namespaces\" can not be empty");
    }
  }

  @Override
  Login login(VaultCall call, Parameters input) {
    String name = required(input, "role", "missing role");
    String token = required(input, "jwt", "missing jwt");
    Parameters role =
        role(name).orElseThrow(() -> VaultFailure.invalid("invalid role name \"" + name + "\""));
    List<String> keys = config().map(any -> any.list("pem_keys")).orElse(List.of());
    if (keys.isEmpty() && reviewer.isEmpty()) {
      throw VaultFailure.of(500, "could not load backend configuration");
    }
    Map<String, @Nullable Object> claims = claims(call, role, keys, token);
    String account = text(claims, "serviceaccount", "name", "service-account.name");
    String namespace = text(claims, "", "namespace", "namespace");
    if (!isListed(role.list("bound_service_account_names"), account)) {
      throw VaultFailure.of(403, "service account name not authorized");
    }
    if (!isListed(role.list("bound_service_account_namespaces"), namespace)) {
      throw VaultFailure.of(403, "namespace not authorized");
    }
    if (reviewer.isPresent() && !reviewer.get().test(token)) {
      throw VaultFailure.of(403, "permission denied");
    }
    String uid = text(claims, "serviceaccount", "uid", "service-account.uid");
    if (uid.isEmpty()) {
      throw VaultFailure.of(500, "could not parse UID from claims");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("service_account_uid", uid);
    metadata.put("service_account_name", account);
    metadata.put("service_account_namespace", namespace);
    metadata.put(
        "service_account_secret_name",
        String.valueOf(claims.getOrDefault("kubernetes.io/serviceaccount/secret.name", "")));
    metadata.put("role", name);
    boolean byName = role.text("alias_name_source").equals("serviceaccount_name");
    return new Login(
        name, namespace + "-" + account, byName ? namespace + "/" + account : uid, metadata);
  }

  private Map<String, @Nullable Object> claims(
      VaultCall call, Parameters role, List<String> keys, String token) {
    Jwts.Expected expected =
        new Jwts.Expected(
            config()
                .filter(any -> !any.flag("disable_iss_validation", true))
                .map(any -> any.text("issuer"))
                .orElse(""),
            "",
            role.text("audience").isEmpty() ? List.of() : List.of(role.text("audience")),
            true);
    try {
      return keys.isEmpty()
          ? Jwts.unsigned(token, expected, call.time())
          : new Jwts(keys, call.time()).claims(token, expected);
    } catch (Refused e) {
      throw VaultFailure.of(
          403, e.text().contains("verifying token signature") ? "permission denied" : e.text());
    }
  }

  /** As projected tokens have it, or as older ones do. */
  private static String text(
      Map<String, @Nullable Object> claims, String part, String name, String old) {
    Object found = claims.get("kubernetes.io");
    if (found instanceof Map<?, ?> all && !part.isEmpty()) {
      found = all.get(part);
    }
    Object value =
        found instanceof Map<?, ?> map
            ? map.get(name)
            : claims.get("kubernetes.io/serviceaccount/" + old);
    return value == null ? "" : value.toString();
  }

  /** go-secure-stdlib's StrListContainsGlob: {@code *} at either end. */
  static boolean isListed(List<String> patterns, String text) {
    return patterns.stream()
        .anyMatch(
            pattern ->
                pattern.equals("*")
                    || pattern.equals(text)
                    || (pattern.endsWith("*")
                        && text.startsWith(pattern.substring(0, pattern.length() - 1)))
                    || (pattern.startsWith("*") && text.endsWith(pattern.substring(1))));
  }
}
