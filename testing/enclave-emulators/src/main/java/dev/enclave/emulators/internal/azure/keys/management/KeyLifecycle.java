package dev.enclave.emulators.internal.azure.keys.management;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.model.AttributeChanges;
import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyType;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.model.Tags;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Page;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * REST API, Update Key, Delete Key and what can be done with deleted keys ("Azure Key Vault
 * soft-delete overview").
 */
public final class KeyLifecycle {

  private static final Map<String, ?> NOTHING = Map.of();

  private final Shared shared;

  public KeyLifecycle(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.UPDATE_KEY, this::update);
    operations.put(KeyVaultOperation.DELETE_KEY, this::delete);
    operations.put(KeyVaultOperation.GET_DELETED_KEY, this::getDeleted);
    operations.put(KeyVaultOperation.GET_DELETED_KEYS, this::listDeleted);
    operations.put(KeyVaultOperation.RECOVER_DELETED_KEY, this::recover);
    operations.put(KeyVaultOperation.PURGE_DELETED_KEY, this::purge);
  }

  /** "The cryptographic material of a key itself cannot be changed"; tags are replaced whole. */
  private Map<String, ?> update(Call call) {
    AttributeChanges attributes = AttributeChanges.keeping(call.input());
    Optional<Map<String, String>> tags = Tags.read(call.input());
    KeyEntry before = shared.vault().key(call.route().name(), call.now());
    String id = shared.vault().version(before, call.route().version()).id();
    KeyEntry key =
        shared
            .vault()
            .change(
                before.name(),
                call.now(),
                current -> {
                  KeyVersion version = shared.vault().version(current, id);
                  return current.replacing(
                      version.updated(
                          operations(call.input(), version),
                          attributes,
                          tags.orElse(version.tags()),
                          call.now()));
                });
    return shared.answers().bundle(key, shared.vault().version(key, id), call);
  }

  /** BYOK: the operations of a key exchange key are fixed. */
  private static List<String> operations(Input input, KeyVersion version) {
    if (!input.has("key_ops")) {
      return version.operations();
    }
    List<String> asked = KeyCreation.keyOperations(input, version.type());
    if (asked.contains(KeyType.IMPORT) != version.operations().contains(KeyType.IMPORT)) {
      throw AzureFailure.badParameter("The operation import can neither be added nor removed.");
    }
    return asked;
  }

  /** "This operation removes the cryptographic material": of all versions. */
  private Map<String, ?> delete(Call call) {
    return shared
        .answers()
        .deletedBundle(shared.vault().delete(call.route().name(), call.now()), call);
  }

  private Map<String, ?> getDeleted(Call call) {
    return shared
        .answers()
        .deletedBundle(shared.vault().deletedKey(call.route().name(), call.now()), call);
  }

  private Map<String, ?> listDeleted(Call call) {
    return Page.read(call, shared.settings())
        .of(
            shared.vault().allDeleted(call.now()),
            deleted -> deleted.key().name(),
            deleted -> shared.answers().deletedItem(deleted, call),
            "/deletedkeys",
            call);
  }

  private Map<String, ?> recover(Call call) {
    KeyEntry key = shared.vault().recover(call.route().name(), call.now());
    return shared.answers().bundle(key, key.current(), call);
  }

  /** "Purge protection": not "until the retention period has passed". */
  private Map<String, ?> purge(Call call) {
    if (shared.settings().purgeProtection()) {
      shared.vault().deletedKey(call.route().name(), call.now());
      throw AzureFailure.of(
          403,
          "Forbidden",
          "Operation \"purge\" is not allowed because purge protection is enabled for this vault."
              + " It will be purged after the retention period has passed.");
    }
    shared.vault().purge(call.route().name(), call.now());
    return NOTHING;
  }
}
