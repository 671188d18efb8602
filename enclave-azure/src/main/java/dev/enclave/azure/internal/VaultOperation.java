package dev.enclave.azure.internal;

/** The requests that are sent to the vault. */
enum VaultOperation {
  CREATE_KEY("create/action", "create", true),
  GET_KEY("read", "get", false),
  GET_KEY_VERSIONS("read", "list", false),
  GET_KEY_ATTESTATION("read", "get", false),
  GET_KEYS("read", "list", false),
  GET_DELETED_KEY("read", "get", false),
  IMPORT_KEY("import/action", "import", true),
  UPDATE_KEY("update/action", "update", true),
  DELETE_KEY("delete", "delete", true),
  // A signature or ciphertext of which nobody hears changes nothing.
  SIGN("sign/action", "sign", false),
  WRAP_KEY("wrap/action", "wrapKey", false),
  UNWRAP_KEY("unwrap/action", "unwrapKey", false),
  ENCRYPT("encrypt/action", "encrypt", false),
  DECRYPT("decrypt/action", "decrypt", false);

  private final String dataAction;
  private final String permission;
  private final boolean changes;

  VaultOperation(String dataAction, String permission, boolean changes) {
    this.dataAction = dataAction;
    this.permission = permission;
    this.changes = changes;
  }

  /** As role definitions call it. */
  String dataAction() {
    return "Microsoft.KeyVault/vaults/keys/" + dataAction;
  }

  /** As access policies and messages call it. */
  String permission() {
    return "keys/" + permission;
  }

  /** Whether it makes a key or a version, of which vaults make few. */
  boolean makes() {
    return this == CREATE_KEY || this == IMPORT_KEY;
  }

  /** Whether a lost answer leaves open what is there now. */
  boolean changes() {
    return changes;
  }
}
