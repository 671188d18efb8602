package dev.enclave.emulators.internal.azure.keys.request;

/**
 * The operations of the REST API on keys, by the titles of their pages, and the data actions that
 * they need: a vault's (Azure RBAC, "Azure permissions for Security", Microsoft.KeyVault), and a
 * managed HSM's ("Local RBAC built-in roles for Managed HSM", Permitted operations).
 */
public enum KeyVaultOperation {
  CREATE_KEY("CreateKey", "keys/create/action", "keys/create"),
  IMPORT_KEY("ImportKey", "keys/import/action"),
  GET_KEY("GetKey", "keys/read", "keys/read/action"),
  GET_KEYS("GetKeys", "keys/read", "keys/read/action"),
  GET_KEY_VERSIONS("GetKeyVersions", "keys/read", "keys/read/action"),
  UPDATE_KEY("UpdateKey", "keys/update/action", "keys/write/action"),
  DELETE_KEY("DeleteKey", "keys/delete"),
  GET_DELETED_KEY("GetDeletedKey", "keys/read", "keys/deletedKeys/read/action"),
  GET_DELETED_KEYS("GetDeletedKeys", "keys/read", "keys/deletedKeys/read/action"),
  RECOVER_DELETED_KEY(
      "RecoverDeletedKey", "keys/recover/action", "keys/deletedKeys/recover/action"),
  PURGE_DELETED_KEY("PurgeDeletedKey", "keys/purge/action", "keys/deletedKeys/delete"),
  SIGN("Sign", "keys/sign/action"),
  VERIFY("Verify", "keys/verify/action"),
  ENCRYPT("Encrypt", "keys/encrypt/action"),
  DECRYPT("Decrypt", "keys/decrypt/action"),
  WRAP_KEY("WrapKey", "keys/wrap/action"),
  UNWRAP_KEY("UnwrapKey", "keys/unwrap/action"),
  ROTATE_KEY("RotateKey", "keys/rotate/action"),
  GET_KEY_ROTATION_POLICY("GetKeyRotationPolicy", "keyrotationpolicies/read", "keys/read/action"),
  UPDATE_KEY_ROTATION_POLICY(
      "UpdateKeyRotationPolicy", "keyrotationpolicies/write", "keys/write/action"),
  BACKUP_KEY("BackupKey", "keys/backup/action"),
  RESTORE_KEY("RestoreKey", "keys/restore/action"),
  RELEASE("Release", "keys/release/action"),
  GET_KEY_ATTESTATION("GetKeyAttestation", "keys/read", "keys/read/action"),
  GET_RANDOM_BYTES("GetRandomBytes", "rng/action");

  private final String title;
  private final String vaultAction;
  private final String hsmAction;

  KeyVaultOperation(String title, String action) {
    this(title, action, action);
  }

  KeyVaultOperation(String title, String vaultAction, String hsmAction) {
    this.title = title;
    this.vaultAction = vaultAction;
    this.hsmAction = hsmAction;
  }

  /** The name in journals and plans of faults. */
  public String title() {
    return title;
  }

  /** The last part of a vault's data action. */
  public String vaultAction() {
    return vaultAction;
  }

  /** The last part of a managed HSM's data action. */
  public String hsmAction() {
    return hsmAction;
  }
}
