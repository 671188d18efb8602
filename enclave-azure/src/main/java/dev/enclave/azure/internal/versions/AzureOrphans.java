package dev.enclave.azure.internal.versions;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureDirectory;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.keys.AzureLister;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
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
public final class AzureOrphans implements OrphanCollector {

  private final AzureKeys keys;
  private final AzureLister lister;

  public AzureOrphans(AzureKeys keys, AzureLister lister) {
    this.keys = keys;
    this.lister = lister;
  }

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    KeyLister.Names names = lister.pageWithBeginnings(from, call);
    List<Orphan> orphans = new ArrayList<>();
    for (KeyName name : names.names()) {
      AzureDirectory.Listing listing = keys.directory().list(name, call);
      AzureVersionChain chain = listing.everything(name);
      Stream.concat(
              chain.lost().stream().filter(version -> isLost(version, listing)),
              chain.versions().stream().filter(version -> isPrepared(chain, version, listing)))
          .map(version -> Orphan.of(version.uri(), name, version.createdAt()))
          .forEach(orphans::add);
    }
    return Page.of(orphans, names.next());
  }

  private static boolean isLost(AzureVersion version, AzureDirectory.Listing listing) {
    return version.enabled()
        && listing.second() - version.createdSecond() > LeftOver.UNDER_WAY.toSeconds();
  }

  /**
   * A rotation takes a version of the vault's own long after it was made: its last change tells.
   */
  private static boolean isPrepared(
      AzureVersionChain chain, AzureVersion version, AzureDirectory.Listing listing) {
    return chain.state(version) == KeyState.PENDING
        && !chain.isStranger(version)
        && version.tags().restored().isEmpty()
        && listing.second() - version.updatedAt().getEpochSecond() > LeftOver.UNDER_WAY.toSeconds();
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    Optional<KeyName> name =
        AzureNames.parse(orphan.providerUri(), keys.calls().endpoint().origin())
            .flatMap(id -> AzureNames.keyOf(id.name()));
    if (name.isEmpty()) {
      throw AzureRefusals.notAKey(keys.calls().endpoint().origin());
    }
    AzureDirectory.Listing listing = keys.directory().list(name.get(), call);
    AzureVersionChain chain = listing.everything(name.get());
    Optional<AzureVersion> lost = named(chain.lost(), orphan);
    if (lost.isPresent()) {
      return discardLost(name.get(), lost.get(), listing, call);
    }
    Optional<AzureVersion> version = named(chain.versions(), orphan);
    return version.isPresent() && discardPrepared(chain, version.get(), listing, call);
  }

  private static Optional<AzureVersion> named(List<AzureVersion> versions, Orphan orphan) {
    return versions.stream()
        .filter(version -> version.uri().equals(orphan.providerUri()))
        .findFirst();
  }

  private boolean discardLost(
      KeyName name, AzureVersion version, AzureDirectory.Listing listing, CallContext call)
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
      AzureVersionChain chain,
      AzureVersion version,
      AzureDirectory.Listing listing,
      CallContext call)
      throws BackendFailure {
    if (chain.state(version) == KeyState.DESTROYED) {
      return true;
    }
    if (!isPrepared(chain, version, listing)) {
      return false;
    }
    // The tags, which hold its claim, stay as they are until the second look.
    return LeftOver.discard(
        chain.name(),
        version.id(),
        () -> keys.directory().enable(chain.name(), version, false, call),
        () -> now(chain.name(), version, call));
  }

  private Optional<LeftOver.Seen> now(KeyName name, AzureVersion version, CallContext call)
      throws BackendFailure {
    AzureVersionChain chain = keys.afterSettling(name, call);
    return chain
        .version(version.id())
        .map(
            still ->
                new LeftOver.Seen(
                    chain.everActive(still)
                        || !still.tags().claims().equals(version.tags().claims()),
                    () -> keys.directory().enable(name, still, true, call),
                    () -> keys.markDestroyed(name, still, call)));
  }
}
