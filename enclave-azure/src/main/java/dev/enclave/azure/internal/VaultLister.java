package dev.enclave.azure.internal;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Names the keys by the vault's list, page by page; asks nothing of each key. */
final class VaultLister {

  private final VaultCalls calls;

  VaultLister(VaultCalls calls) {
    this.calls = calls;
  }

  List<KeyName> list(CallContext call) throws BackendFailure {
    List<KeyProperties> all =
        calls
            .send(
                VaultOperation.GET_KEYS,
                "the vault",
                call,
                session -> session.keys().listPropertiesOfKeys(Context.NONE).stream().toList())
            .value();
    TreeSet<KeyName> names = new TreeSet<>();
    for (KeyProperties key : all) {
      named(key).ifPresent(names::add);
    }
    return List.copyOf(names);
  }

  /** The Enclave key of an entry; the tags say whether it is one. */
  private Optional<KeyName> named(KeyProperties key) {
    return VaultNames.parse(String.valueOf(key.getId()), calls.endpoint().origin())
        .flatMap(id -> VaultNames.keyOf(id.name()));
  }
}
