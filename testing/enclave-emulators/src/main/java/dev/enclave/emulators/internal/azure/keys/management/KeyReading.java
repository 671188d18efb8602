package dev.enclave.emulators.internal.azure.keys.management;

import dev.enclave.emulators.internal.azure.keys.model.KeyEntry;
import dev.enclave.emulators.internal.azure.keys.model.KeyVersion;
import dev.enclave.emulators.internal.azure.keys.request.Call;
import dev.enclave.emulators.internal.azure.keys.request.KeyVaultOperation;
import dev.enclave.emulators.internal.azure.keys.request.Operation;
import dev.enclave.emulators.internal.azure.keys.shared.Page;
import dev.enclave.emulators.internal.azure.keys.shared.Shared;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** REST API, Get Key, Get Keys, Get Key Versions. */
public final class KeyReading {

  private final Shared shared;

  public KeyReading(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<KeyVaultOperation, Operation> operations) {
    operations.put(KeyVaultOperation.GET_KEY, this::get);
    operations.put(KeyVaultOperation.GET_KEYS, this::list);
    operations.put(KeyVaultOperation.GET_KEY_VERSIONS, this::versions);
  }

  /**
   * "This URI fragment is optional. If not specified, the latest version of the key is returned."
   */
  private Map<String, ?> get(Call call) {
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    KeyVersion version = shared.vault().version(key, call.route().version());
    return shared.answers().bundle(key, version, call);
  }

  private Map<String, ?> list(Call call) {
    return Page.read(call, shared.settings())
        .of(
            shared.vault().all(call.now()),
            KeyEntry::name,
            key -> shared.answers().keyItem(key, call),
            "/keys",
            call);
  }

  /** The reference promises no order; here it is that of the ids, which are random. */
  private Map<String, ?> versions(Call call) {
    Page page = Page.read(call, shared.settings());
    KeyEntry key = shared.vault().key(call.route().name(), call.now());
    List<KeyVersion> versions =
        key.versions().stream().sorted(Comparator.comparing(KeyVersion::id)).toList();
    return page.of(
        versions,
        KeyVersion::id,
        version -> shared.answers().versionItem(key, version, call),
        "/keys/" + key.name() + "/versions",
        call);
  }
}
