package dev.enclave.azure.internal;

import dev.enclave.kit.RemoteRequest;

/** The requests that are sent to the vault. */
public enum AzureOperation {
  CREATE_KEY("create/action", "create", "create", true),
  GET_KEY("read", "read/action", "get", false),
  GET_KEY_VERSIONS("read", "read/action", "list", false),
  GET_KEY_ATTESTATION("read", "read/action", "get", false),
  GET_KEYS("read", "read/action", "list", false),
  GET_DELETED_KEY("read", "deletedKeys/read/action", "get", false),
  IMPORT_KEY("import/action", "import/action", "import", true),
  UPDATE_KEY("update/action", "write/action", "update", true),
  DELETE_KEY("delete", "delete", "delete", true),
  // A signature or ciphertext of which nobody hears changes nothing.
  SIGN("sign/action", "sign/action", "sign", false),
  UNWRAP_KEY("unwrap/action", "unwrap/action", "unwrapKey", false),
  ENCRYPT("encrypt/action", "encrypt/action", "encrypt", false),
  DECRYPT("decrypt/action", "decrypt/action", "decrypt", false);

  private final String dataAction;
  private final String hsmAction;
  private final String permission;
  private final boolean changes;

  AzureOperation(String dataAction, String hsmAction, String permission, boolean changes) {
    this.dataAction = dataAction;
    this.hsmAction = hsmAction;
    this.permission = permission;
    this.changes = changes;
  }

  /**
   * As role definitions call it: Azure's for vaults ("Azure permissions for Security"), and a
   * managed HSM's own ("Local RBAC built-in roles for Managed HSM").
   */
  public String dataAction(boolean managedHsm) {
    return managedHsm
        ? "Microsoft.KeyVault/managedHsm/keys/" + hsmAction
        : "Microsoft.KeyVault/vaults/keys/" + dataAction;
  }

  /** As access policies and messages call it. */
  public String permission() {
    return "keys/" + permission;
  }

  /** Whether it makes a key or a version, of which vaults make few. */
  boolean makes() {
    return this == CREATE_KEY || this == IMPORT_KEY;
  }

  /** A request for it. */
  RemoteRequest on(String subject) {
    return new RemoteRequest(permission(), changes, subject);
  }
}
