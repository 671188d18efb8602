package dev.enclave.emulators.internal.azure.keys;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.access.Wildcard;
import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.model.Flavour;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Azure role-based access control: what roles allow, less what rules deny. */
public final class Access {

  private final Flavour flavour;
  private final Set<BuiltInRole> roles;
  private final DenyRules denied;

  /** Of one vault, whose callers all have the same roles. */
  public Access(Flavour flavour, Set<BuiltInRole> roles, DenyRules denied) {
    this.flavour = flavour;
    this.roles = Set.copyOf(roles);
    this.denied = denied;
  }

  /**
   * "Azure RBAC for Key Vault data plane operations": without a role assignment, 403 Forbidden with
   * the inner error ForbiddenByRbac.
   */
  void check(Call call) {
    KeyVaultOperation operation = call.route().operation();
    String action = flavour.provider() + operation.dataAction();
    String resource = call.route().name().isEmpty() ? "keys" : "keys/" + call.route().name();
    boolean refused =
        roles.stream().noneMatch(role -> role.allows(operation.dataAction()))
            || denied.denies(
                List.of(call.caller().objectId(), call.caller().clientId()), action, resource);
    if (refused) {
      throw AzureFailure.of(
          403,
          "Forbidden",
          "ForbiddenByRbac",
          "Caller is not authorized to perform action on resource. If role assignments, deny"
              + " assignments or role definitions were changed recently, please observe propagation"
              + " time. Caller: appid="
              + call.caller().clientId()
              + ";oid="
              + call.caller().objectId()
              + " Action: '"
              + action
              + "' Resource: '"
              + resource.toLowerCase(Locale.ROOT)
              + "'");
    }
  }

  /**
   * The data actions of built-in roles (Azure RBAC, "Azure built-in roles for Security"; managed
   * HSM, "Local RBAC built-in roles", whose actions are taken as the same).
   */
  public enum BuiltInRole {
    KEY_VAULT_ADMINISTRATOR("Key Vault Administrator", "*"),
    KEY_VAULT_READER("Key Vault Reader", "*/read"),
    KEY_VAULT_CRYPTO_OFFICER(
        "Key Vault Crypto Officer", "keys/*", "keyrotationpolicies/*", "rng/action"),
    KEY_VAULT_CRYPTO_USER(
        "Key Vault Crypto User",
        "keys/read",
        "keys/update/action",
        "keys/backup/action",
        "keys/encrypt/action",
        "keys/decrypt/action",
        "keys/wrap/action",
        "keys/unwrap/action",
        "keys/sign/action",
        "keys/verify/action"),
    KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER(
        "Key Vault Crypto Service Encryption User",
        "keys/read",
        "keys/wrap/action",
        "keys/unwrap/action");

    private final String title;
    private final String actions;

    BuiltInRole(String title, String... actions) {
      this.title = title;
      this.actions = String.join(" ", actions);
    }

    /** The role's name in Azure. */
    public String title() {
      return title;
    }

    boolean allows(String action) {
      return Arrays.stream(actions.split(" ", -1))
          .anyMatch(pattern -> Wildcard.matches(pattern, action));
    }
  }
}
