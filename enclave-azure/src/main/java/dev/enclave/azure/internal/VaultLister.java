package dev.enclave.azure.internal;

import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyLister.Names;
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
    TreeSet<KeyName> names = new TreeSet<>();
    Optional<String> from = Optional.empty();
    do {
      Names page = page(from, call);
      names.addAll(page.names());
      from = page.next();
    } while (from.isPresent());
    return List.copyOf(names);
  }

  /** One page of the vault's, of 25 keys at most. */
  Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return calls
        .send(
            VaultOperation.GET_KEYS,
            "the vault",
            call,
            session -> {
              var pages = session.keys().listPropertiesOfKeys(Context.NONE);
              PagedResponse<KeyProperties> page =
                  (from.isPresent() ? pages.iterableByPage(from.get()) : pages.iterableByPage())
                      .iterator()
                      .next();
              return new Names(
                  page.getValue().stream().flatMap(key -> named(key).stream()).toList(),
                  Optional.ofNullable(page.getContinuationToken()));
            })
        .value();
  }

  /** The Enclave key of an entry; the tags say whether it is one. */
  private Optional<KeyName> named(KeyProperties key) {
    return VaultNames.parse(String.valueOf(key.getId()), calls.endpoint().origin())
        .flatMap(id -> VaultNames.keyOf(id.name()));
  }
}
