package dev.enclave.azure.internal.versions;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.calls.VaultRefusals;
import dev.enclave.azure.internal.keys.VaultDirectory;
import dev.enclave.azure.internal.keys.VaultKeys;
import dev.enclave.azure.internal.keys.VaultLister;
import dev.enclave.azure.internal.model.VaultChain;
import dev.enclave.azure.internal.model.VaultNames;
import dev.enclave.azure.internal.model.VaultVersion;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeyLister;
import dev.enclave.spi.OrphanCollector.Orphan;
import dev.enclave.spi.OrphanCollector.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Versions that lost a race, or are the duplicates of an operation whose answer was lost, and those
 * that a rotation prepared and never activated, all as long as they are enabled: what is disabled,
 * somebody has looked at. The vault deletes no single version, so one is discarded by being
 * disabled; one that could still be activated is marked as destroyed too.
 */
public final class VaultOrphans {

  /** Longer than any creation or rotation may take, clocks that differ included. */
  private static final Duration UNDER_WAY = Duration.ofMinutes(15);

  private final VaultKeys keys;
  private final VaultLister lister;

  public VaultOrphans(VaultKeys keys, VaultLister lister) {
    this.keys = keys;
    this.lister = lister;
  }

  public Page page(Optional<String> from, CallContext call) throws BackendFailure {
    KeyLister.Names names = lister.pageWithBeginnings(from, call);
    List<Orphan> orphans = new ArrayList<>();
    for (KeyName name : names.names()) {
      VaultDirectory.Listing listing = keys.directory().list(name, call);
      VaultChain chain = listing.everything(name);
      Stream.concat(
              chain.lost().stream().filter(version -> isLost(version, listing)),
              chain.versions().stream().filter(version -> isPrepared(chain, version, listing)))
          .map(version -> new Orphan(version.uri(), name, version.createdAt()))
          .forEach(orphans::add);
    }
    return new Page(orphans, names.next());
  }

  private static boolean isLost(VaultVersion version, VaultDirectory.Listing listing) {
    return version.enabled() && listing.second() - version.createdSecond() > UNDER_WAY.toSeconds();
  }

  /**
   * A rotation takes a version of the vault's own long after it was made: its last change tells.
   */
  private static boolean isPrepared(
      VaultChain chain, VaultVersion version, VaultDirectory.Listing listing) {
    return chain.state(version) == KeyState.PENDING
        && !chain.isStranger(version)
        && version.tags().restored().isEmpty()
        && listing.second() - version.updatedAt().getEpochSecond() > UNDER_WAY.toSeconds();
  }

  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    Optional<KeyName> name =
        VaultNames.parse(orphan.providerUri(), keys.calls().endpoint().origin())
            .flatMap(id -> VaultNames.keyOf(id.name()));
    if (name.isEmpty()) {
      throw VaultRefusals.notAKey(keys.calls().endpoint().origin());
    }
    VaultDirectory.Listing listing = keys.directory().list(name.get(), call);
    VaultChain chain = listing.everything(name.get());
    Optional<VaultVersion> lost = named(chain.lost(), orphan);
    if (lost.isPresent()) {
      return discardLost(name.get(), lost.get(), listing, call);
    }
    Optional<VaultVersion> version = named(chain.versions(), orphan);
    return version.isPresent() && discardPrepared(chain, version.get(), listing, call);
  }

  private static Optional<VaultVersion> named(List<VaultVersion> versions, Orphan orphan) {
    return versions.stream()
        .filter(version -> version.uri().equals(orphan.providerUri()))
        .findFirst();
  }

  private boolean discardLost(
      KeyName name, VaultVersion version, VaultDirectory.Listing listing, CallContext call)
      throws BackendFailure {
    if (version.enabled()) {
      if (!isLost(version, listing)) {
        return false;
      }
      keys.directory().enable(name, version, false, call);
    }
    return true;
  }

  private boolean discardPrepared(
      VaultChain chain, VaultVersion version, VaultDirectory.Listing listing, CallContext call)
      throws BackendFailure {
    if (chain.state(version) == KeyState.DESTROYED) {
      return true;
    }
    if (!isPrepared(chain, version, listing)) {
      return false;
    }
    // Another process may go on with the rotation that made it. A version that is off is not
    // activated; an activation that had begun is seen once the key has settled. The tags, which
    // hold its claim, stay as they are meanwhile.
    keys.directory().enable(chain.name(), version, false, call);
    return BackendFailure.afterChange(
        "Version " + version.id() + " of key " + chain.name() + " was switched off.",
        () -> {
          VaultChain now = keys.afterSettling(chain.name(), call);
          Optional<VaultVersion> still = now.version(version.id());
          if (still.isEmpty()) {
            return true;
          }
          if (now.everActive(still.get())
              || !still.get().tags().claims().equals(version.tags().claims())) {
            keys.directory().enable(chain.name(), still.get(), true, call);
            return false;
          }
          keys.markDestroyed(chain.name(), still.get(), call);
          return true;
        });
  }
}
