package dev.enclave.emulators.internal.azure.keys.transfer;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * REST API, Backup Key and Restore Key: all versions, with their policy, in a blob that nobody else
 * can use. Here it only names what this server remembers, so it restores into this vault alone. And
 * Release, which is for exportable keys: here there are none.
 */
public final class Backups {

  private static final int BLOB_BYTES = 512;

  private final Shared shared;
  private final Map<String, KeyEntry> byBlob = new ConcurrentHashMap<>();

  public Backups(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.BACKUP_KEY, this::backup);
    operations.put(KeyVaultOperation.RESTORE_KEY, this::restore);
    operations.put(KeyVaultOperation.RELEASE, this::release);
  }

  private Map<String, ?> backup(Call call) {
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    byte[] blob = new byte[BLOB_BYTES];
    shared.random().nextBytes(blob);
    byBlob.put(HexFormat.of().formatHex(blob), key);
    return Map.of("value", Base64Url.encode(blob));
  }

  /**
   * "If the key name is not available in the target Key Vault, the RESTORE operation is rejected."
   */
  private Map<String, ?> restore(Call call) {
    byte[] blob = call.input().requiredBytes("value");
    KeyEntry key =
        Optional.ofNullable(byBlob.get(HexFormat.of().formatHex(blob)))
            .orElseThrow(
                () -> AzureFailure.badParameter("The backup blob is not one of this vault."));
    shared.vault().put(key, call.now());
    return shared.answers().bundle(key, key.current(), call);
  }

  /**
   * "The release key operation is applicable to all key types. The target key must be exportable."
   */
  private Map<String, ?> release(Call call) {
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    shared.vault().version(key, call.route().version());
    throw AzureFailure.of(403, "Forbidden", "KeyNotExportable", "The key is not exportable.");
  }
}
