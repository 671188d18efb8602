package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.vault.access.method.Jwts.Refused;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code gcp} (hashicorp/vault-plugin-auth-gcp plugin/path_login.go): identity tokens of the
 * metadata server that a server of this process has signed. Roles of the type {@code iam} bind
 * service accounts; those of the type {@code gce} need claims of an instance, and there is no
 * Compute Engine to ask about it.
 */
final class Gcp extends AuthMethod {

  @Override
  String type() {
    return "gcp";
  }

  @Override
  void requireRole(Parameters role) {
    if (!role.text("type").equals("iam")) {
      throw VaultFailure.invalid("roles of a type but iam are not evaluated by this server");
    }
    if (!role.list("bound_projects").isEmpty()) {
      throw VaultFailure.invalid("bound_projects is not evaluated by this server");
    }
    if (role.list("bound_service_accounts").isEmpty()) {
      throw VaultFailure.invalid("IAM role type must have at least one service account");
    }
  }

  @Override
  Login login(VaultCall call, Parameters input) {
    String name = required(input, "role", "role is required");
    Parameters role =
        role(name).orElseThrow(() -> VaultFailure.invalid("role \"" + name + "\" not found"));
    String token = required(input, "jwt", "jwt argument is required");
    Map<String, @Nullable Object> claims;
    try {
      claims =
          new Jwts(List.of(), call.time())
              .claims(token, new Jwts.Expected("", "", List.of(), true));
    } catch (Refused e) {
      throw VaultFailure.invalid(
          e.text().contains("expired")
              ? "JWT is expired or does not have proper 'exp' claim"
              : "unable to get public key for signed JWT: " + e.text());
    }
    for (String audience : Jwts.audiences(claims)) {
      if (!audience.endsWith("vault/" + name)) {
        throw VaultFailure.invalid(
            "at least one of the JWT claim 'aud' must end in \"vault/" + name + "\"");
      }
    }
    String id = String.valueOf(claims.get("sub"));
    String email = String.valueOf(claims.get("email"));
    List<String> bound = role.list("bound_service_accounts");
    if (!bound.equals(List.of("*")) && !bound.contains(email) && !bound.contains(id)) {
      throw VaultFailure.invalid(
          "service account " + email + " (id: " + id + ") is not authorized for role");
    }
    return new Login(
        name,
        email,
        id,
        Map.of("role", name, "service_account_id", id, "service_account_email", email));
  }
}
