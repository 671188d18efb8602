package dev.enclave.azure.internal;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Names the keys by the vault's list, page by page; asks nothing of each key that is whole. */
final class VaultLister {

  private final VaultDirectory directory;

  VaultLister(VaultDirectory directory) {
    this.directory = directory;
  }

  List<KeyName> list(CallContext call) throws BackendFailure {
    List<KeyProperties> all =
        directory
            .calls()
            .send(
                VaultOperation.GET_KEYS,
                "the vault",
                call,
                session -> session.keys().listPropertiesOfKeys(Context.NONE).stream().toList())
            .value();
    TreeSet<KeyName> names = new TreeSet<>();
    for (KeyProperties key : all) {
      Optional<KeyName> name = named(key);
      if (name.isPresent() && isWhole(key, name.get(), call)) {
        names.add(name.get());
      }
    }
    return List.copyOf(names);
  }

  /**
   * Whether there is a key, and not only the beginning of one that came from elsewhere. Only where
   * the newest version is not the last of those its versions are looked at.
   */
  private boolean isWhole(KeyProperties key, KeyName name, CallContext call) throws BackendFailure {
    Map<String, String> tags = key.getTags() == null ? Map.of() : key.getTags();
    boolean certain = VaultTags.parse(tags, "").restored().filter(part -> !part.last()).isEmpty();
    return certain || directory.list(name, call).everything(name).first().isPresent();
  }

  /** The Enclave key of an entry; the tags say whether it is one. */
  private Optional<KeyName> named(KeyProperties key) {
    return VaultNames.parse(String.valueOf(key.getId()), directory.calls().endpoint().origin())
        .flatMap(id -> VaultNames.keyOf(id.name()));
  }
}
