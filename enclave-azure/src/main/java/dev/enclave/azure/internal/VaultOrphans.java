package dev.enclave.azure.internal;

import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.OrphanCollector.Orphan;
import dev.enclave.spi.OrphanCollector.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Versions that lost a race, or are the duplicates of an operation whose answer was lost, and are
 * still enabled. The vault deletes no single version, so one is discarded by being disabled.
 */
final class VaultOrphans {

  /** Longer than any creation may take, clocks that differ included. */
  private static final Duration UNDER_WAY = Duration.ofMinutes(15);

  private final VaultKeys keys;

  VaultOrphans(VaultKeys keys) {
    this.keys = keys;
  }

  /** What one page of the vault's list names, and where the next begins. */
  private record Names(List<KeyName> names, Optional<String> next) {}

  Page page(Optional<String> from, CallContext call) throws BackendFailure {
    Names names = names(from, call);
    List<Orphan> orphans = new ArrayList<>();
    for (KeyName name : names.names()) {
      VaultDirectory.Listing listing = keys.directory().list(name, call);
      listing.everything(name).lost().stream()
          .filter(version -> isOrphan(version, listing))
          .map(version -> new Orphan(version.uri(), name, version.createdAt()))
          .forEach(orphans::add);
    }
    return new Page(orphans, names.next());
  }

  private Names names(Optional<String> from, CallContext call) throws BackendFailure {
    return keys.calls()
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

  private Optional<KeyName> named(KeyProperties key) {
    return VaultNames.parse(String.valueOf(key.getId()), keys.calls().endpoint().origin())
        .flatMap(id -> VaultNames.keyOf(id.name()));
  }

  private static boolean isOrphan(VaultVersion version, VaultDirectory.Listing listing) {
    return version.enabled() && listing.second() - version.createdSecond() > UNDER_WAY.toSeconds();
  }

  boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    Optional<KeyName> name =
        VaultNames.parse(orphan.providerUri(), keys.calls().endpoint().origin())
            .flatMap(id -> VaultNames.keyOf(id.name()));
    if (name.isEmpty()) {
      throw VaultRefusals.notAKey(keys.calls().endpoint().origin());
    }
    VaultDirectory.Listing listing = keys.directory().list(name.get(), call);
    Optional<VaultVersion> still =
        listing.everything(name.get()).lost().stream()
            .filter(version -> version.uri().equals(orphan.providerUri()))
            .findFirst();
    if (still.isEmpty()) {
      return false;
    }
    if (still.get().enabled()) {
      if (!isOrphan(still.get(), listing)) {
        return false;
      }
      keys.directory().enable(name.get(), still.get(), false, call);
    }
    return true;
  }
}
