package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.vault.access.method.Jwts.Refused;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code jwt} (openbao builtin/credential/jwt/path_login.go): tokens that were signed with the
 * configuration's {@code jwt_validation_pubkeys}, or by a server of this process where it has
 * {@code oidc_discovery_url} or {@code jwks_url}. No OpenID Connect login of a browser, no groups.
 */
final class Jwt extends AuthMethod {

  @Override
  String type() {
    return "jwt";
  }

  @Override
  void requireRole(Parameters role) {
    if (role.text("user_claim").isEmpty()) {
      throw VaultFailure.invalid("a user claim must be defined on the role");
    }
    boolean bound =
        role.has("bound_audiences") || role.has("bound_subject") || role.has("bound_claims");
    if (role.text("role_type").equals("jwt") && !bound) {
      throw VaultFailure.invalid(
          "must have at least one bound constraint when creating/updating a role");
    }
    if (role.text("bound_claims_type").equals("glob") || role.has("groups_claim")) {
      throw VaultFailure.invalid(
          "bound_claims_type glob and groups_claim are not evaluated by this server");
    }
  }

  @Override
  Login login(VaultCall call, Parameters input) {
    Parameters config =
        config().orElseThrow(() -> VaultFailure.invalid("could not load configuration"));
    String name =
        input.text("role").isEmpty()
            ? required(config, "default_role", "missing role")
            : input.text("role");
    Parameters role =
        role(name)
            .orElseThrow(() -> VaultFailure.invalid("role \"" + name + "\" could not be found"));
    if (!role.text("role_type").equals("jwt")) {
      throw VaultFailure.invalid("role with oidc role_type is not allowed");
    }
    String token = required(input, "jwt", "missing token");
    List<String> keys = config.list("jwt_validation_pubkeys");
    if (keys.isEmpty() && !config.has("oidc_discovery_url") && !config.has("jwks_url")) {
      throw VaultFailure.invalid("error configuring token validator: no keys");
    }
    Map<String, @Nullable Object> claims;
    try {
      claims =
          new Jwts(keys, call.time())
              .claims(
                  token,
                  new Jwts.Expected(
                      config.text("bound_issuer"),
                      role.text("bound_subject"),
                      role.list("bound_audiences"),
                      false));
    } catch (Refused e) {
      throw VaultFailure.invalid("error validating token: " + e.text());
    }
    if (claims.get("aud") instanceof List<?> list
        && !list.isEmpty()
        && role.list("bound_audiences").isEmpty()) {
      throw VaultFailure.invalid("audience claim found in JWT but no audiences bound to the role");
    }
    String userClaim = role.text("user_claim");
    if (claims.get(userClaim) == null) {
      throw VaultFailure.invalid("claim \"" + userClaim + "\" not found in token");
    }
    if (!(claims.get(userClaim) instanceof String user)) {
      throw VaultFailure.invalid("claim \"" + userClaim + "\" could not be converted to string");
    }
    requireBoundClaims(role, claims);
    Map<String, String> metadata = new LinkedHashMap<>();
    role.map("claim_mappings")
        .forEach(
            (from, to) -> {
              Object value = claims.get(from);
              if (value != null) {
                metadata.put(to, value.toString());
              }
            });
    metadata.put("role", name);
    return new Login(name, user, user, metadata);
  }

  private static void requireBoundClaims(Parameters role, Map<String, @Nullable Object> claims) {
    if (!(role.values().get("bound_claims") instanceof Map<?, ?> bound)) {
      return;
    }
    for (Map.Entry<?, ?> each : bound.entrySet()) {
      String name = String.valueOf(each.getKey());
      Object found = claims.get(name);
      if (found == null) {
        throw VaultFailure.invalid("error validating claims: claim \"" + name + "\" is missing");
      }
      List<?> values = found instanceof List<?> list ? list : List.of(found);
      List<?> wanted =
          each.getValue() instanceof List<?> list ? list : List.of(String.valueOf(each.getValue()));
      if (values.stream().noneMatch(wanted::contains)) {
        throw VaultFailure.invalid(
            "error validating claims: claim \""
                + name
                + "\" does not match any associated bound claim values");
      }
    }
  }
}
