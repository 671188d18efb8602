package dev.enclave.azure.internal;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyLister;
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
  private final VaultLister lister;

  VaultOrphans(VaultKeys keys, VaultLister lister) {
    this.keys = keys;
    this.lister = lister;
  }

  Page page(Optional<String> from, CallContext call) throws BackendFailure {
    KeyLister.Names names = lister.pageWithBeginnings(from, call);
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
