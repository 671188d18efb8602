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

/**
 * Azure role-based access control: what built-in roles allow, or role definitions in their place,
 * less what rules deny. Thread-safe.
 */
public final class Access {

  private final Flavour flavour;
  private final Set<BuiltInRole> roles;
  private final DenyRules denied;
  private volatile List<RoleDefinition> definitions = List.of();

  /** Of one vault, whose callers all have the same roles. */
  public Access(Flavour flavour, Set<BuiltInRole> roles, DenyRules denied) {
    this.flavour = flavour;
    this.roles = Set.copyOf(roles);
    this.denied = denied;
  }

  /** From now on these roles are assigned, and no others; none for the built-in ones. */
  public void replace(List<String> documents) {
    definitions = documents.stream().map(RoleDefinition::parse).toList();
  }

  private boolean allows(KeyVaultOperation operation, String keyName) {
    String action = flavour.dataAction(operation);
    List<RoleDefinition> assigned = definitions;
    return assigned.isEmpty()
        ? roles.stream().anyMatch(role -> role.allows(action))
        : assigned.stream().anyMatch(role -> role.allows(flavour.provider() + action, keyName));
  }

  /**
   * "Azure RBAC for Key Vault data plane operations": without a role assignment, 403 Forbidden with
   * the inner error ForbiddenByRbac.
   */
  void check(Call call) {
    KeyVaultOperation operation = call.route().operation();
    String action = flavour.provider() + flavour.dataAction(operation);
    String resource = call.route().name().isEmpty() ? "keys" : "keys/" + call.route().name();
    boolean refused =
        !allows(operation, call.route().name())
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
   * HSM, "Local RBAC built-in roles for Managed HSM").
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
        "keys/unwrap/action"),
    MANAGED_HSM_CRYPTO_USER(
        "Managed HSM Crypto User",
        "keys/read/action",
        "keys/write/action",
        "keys/rotate/action",
        "keys/create",
        "keys/delete",
        "keys/backup/action",
        "keys/restore/action",
        "keys/release/action",
        "keys/import/action",
        "keys/encrypt/action",
        "keys/decrypt/action",
        "keys/wrap/action",
        "keys/unwrap/action",
        "keys/sign/action",
        "keys/verify/action");

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
