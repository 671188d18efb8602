package dev.enclave.emulators.internal.azure.keys.request;

/**
 * The operations of the REST API on keys, by the titles of their pages, and the data actions that
 * they need (Azure RBAC, "Azure permissions for Security", Microsoft.KeyVault).
 */
public enum KeyVaultOperation {
  CREATE_KEY("CreateKey", "keys/create/action"),
  IMPORT_KEY("ImportKey", "keys/import/action"),
  GET_KEY("GetKey", "keys/read"),
  GET_KEYS("GetKeys", "keys/read"),
  GET_KEY_VERSIONS("GetKeyVersions", "keys/read"),
  UPDATE_KEY("UpdateKey", "keys/update/action"),
  DELETE_KEY("DeleteKey", "keys/delete"),
  GET_DELETED_KEY("GetDeletedKey", "keys/read"),
  GET_DELETED_KEYS("GetDeletedKeys", "keys/read"),
  RECOVER_DELETED_KEY("RecoverDeletedKey", "keys/recover/action"),
  PURGE_DELETED_KEY("PurgeDeletedKey", "keys/purge/action"),
  SIGN("Sign", "keys/sign/action"),
  VERIFY("Verify", "keys/verify/action"),
  ENCRYPT("Encrypt", "keys/encrypt/action"),
  DECRYPT("Decrypt", "keys/decrypt/action"),
  WRAP_KEY("WrapKey", "keys/wrap/action"),
  UNWRAP_KEY("UnwrapKey", "keys/unwrap/action"),
  ROTATE_KEY("RotateKey", "keys/rotate/action"),
  GET_KEY_ROTATION_POLICY("GetKeyRotationPolicy", "keyrotationpolicies/read"),
  UPDATE_KEY_ROTATION_POLICY("UpdateKeyRotationPolicy", "keyrotationpolicies/write"),
  BACKUP_KEY("BackupKey", "keys/backup/action"),
  RESTORE_KEY("RestoreKey", "keys/restore/action"),
  RELEASE("Release", "keys/release/action"),
  GET_KEY_ATTESTATION("GetKeyAttestation", "keys/read"),
  GET_RANDOM_BYTES("GetRandomBytes", "rng/action");

  private final String title;
  private final String dataAction;

  KeyVaultOperation(String title, String dataAction) {
    this.title = title;
    this.dataAction = dataAction;
  }

  /** The name in journals and plans of faults. */
  public String title() {
    return title;
  }

  /** The last part of the data action. */
  public String dataAction() {
    return dataAction;
  }
}
