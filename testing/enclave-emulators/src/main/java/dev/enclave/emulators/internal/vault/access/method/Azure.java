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
 * {@code azure} (hashicorp/vault-plugin-auth-azure path_login.go): tokens of a managed identity
 * that a server of this process has signed, for the configuration's {@code tenant_id} and {@code
 * resource}. There is no Azure to ask about subscriptions and machines, so roles bind service
 * principals alone.
 */
final class Azure extends AuthMethod {

  @Override
  String type() {
    return "azure";
  }

  @Override
  void requireRole(Parameters role) {
    for (String name :
        List.of(
            "bound_subscription_ids",
            "bound_resource_groups",
            "bound_group_ids",
            "bound_locations",
            "bound_scale_sets")) {
      if (!role.list(name).isEmpty()) {
        throw VaultFailure.invalid(name + " is not evaluated by this server");
      }
    }
  }

  @Override
  Login login(VaultCall call, Parameters input) {
    String token = required(input, "jwt", "jwt is required");
    String name = required(input, "role", "role is required");
    Parameters role =
        role(name).orElseThrow(() -> VaultFailure.invalid("invalid role name \"" + name + "\""));
    Parameters config = config().orElse(new Parameters(Map.of()));
    Map<String, @Nullable Object> claims;
    try {
      claims =
          new Jwts(List.of(), call.time())
              .claims(
                  token,
                  new Jwts.Expected(
                      "https://sts.windows.net/" + config.text("tenant_id") + "/",
                      "",
                      List.of(config.text("resource")),
                      false));
    } catch (Refused e) {
      // The plugin gives the verifier's error without a response: 500.
      throw VaultFailure.of(500, e.text());
    }
    String principal = String.valueOf(claims.get("oid"));
    List<String> bound = role.list("bound_service_principal_ids");
    if (!bound.isEmpty() && !bound.equals(List.of("*")) && !bound.contains(principal)) {
      throw VaultFailure.of(500, "service principal not authorized: " + principal);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("role", name);
    metadata.put("resource_group_name", input.text("resource_group_name"));
    metadata.put("subscription_id", input.text("subscription_id"));
    return new Login(name, principal, principal, metadata);
  }
}
