package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;

/** What holds the keys (Key Vault documentation, "About keys": key types by resource). */
public enum Flavour {
  /** A vault of the standard tier: software-protected keys. */
  STANDARD,
  /** A vault of the premium tier: HSM-protected keys too. */
  PREMIUM,
  /** A managed HSM: HSM-protected keys alone, AES among them. */
  MANAGED_HSM;

  /** "Authentication, requests and responses": the resource that tokens must be for. */
  public String audience() {
    return this == MANAGED_HSM ? "https://managedhsm.azure.net" : "https://vault.azure.net";
  }

  /** The first part of its data actions (Azure RBAC; managed HSM local RBAC). */
  public String provider() {
    return this == MANAGED_HSM ? "Microsoft.KeyVault/managedHsm/" : "Microsoft.KeyVault/vaults/";
  }

  /** The last part of the data action that an operation needs. */
  public String dataAction(KeyVaultOperation operation) {
    return this == MANAGED_HSM ? operation.hsmAction() : operation.vaultAction();
  }

  public boolean takes(KeyType type) {
    return switch (this) {
      case STANDARD -> !type.hsm() && type.family() != KeyType.Family.OCT;
      case PREMIUM -> type.family() != KeyType.Family.OCT;
      case MANAGED_HSM -> type.hsm();
    };
  }
}
