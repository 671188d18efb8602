package dev.enclave.azure.internal.versions;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureDirectory.Listing;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;

/**
 * Creates keys. The vault makes another version where a name is taken, so the name is looked up
 * first; and whoever else looked at the same time is seen once the vault's second is over: see
 * {@link AzureVersionChain} for who then has created the key.
 */
public final class AzureCreator implements KeyCreator {

  private final AzureKeys keys;

  public AzureCreator(AzureKeys keys) {
    this.keys = keys;
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    boolean managedHsm = keys.calls().endpoint().managedHsm();
    if (!AzureScheme.offered(request.algorithm(), managedHsm)) {
      throw AzureRefusals.noEd25519(request.algorithm());
    }
    KeyName name = request.name();
    keys.requireOneRegion("Creating key " + name);
    Listing listing = keys.directory().list(name, call);
    if (!listing.everything(name).unfinished()) {
      return ofAnEarlierAttempt(request, listing, call);
    }
    AzureTags tags =
        AzureTags.first(
            name, request.algorithm(), request.rotation(), request.stamp(), request.operationId());
    AzureVersion made;
    try {
      made = keys.directory().make(name, new AzureScheme(request.algorithm()), tags, call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.ALREADY_EXISTS ? AzureRefusals.deleted(name) : e;
    }
    AzureVersionChain after =
        BackendFailure.afterChange(
            "A first version of key " + name + " was made.", () -> keys.afterSettling(name, call));
    return settled(request, after, made, call);
  }

  private KeySnapshot ofAnEarlierAttempt(CreateRequest request, Listing listing, CallContext call)
      throws BackendFailure {
    AzureVersionChain now = listing.everything(request.name());
    AzureVersion first = now.first().orElseThrow(() -> AzureRefusals.foreign(request.name()));
    if (!first.tags().operationId().equals(request.operationId())) {
      if (now.versions().stream().allMatch(version -> now.state(version) == KeyState.DESTROYED)) {
        throw AzureCalls.REFUSALS.allDestroyed(
            request.name(),
            "The vault frees the name when the key is deleted and purged; destroying a version once"
                + " more deletes it.");
      }
      throw AzureCalls.REFUSALS.alreadyExists(request.name());
    }
    boolean young = listing.settled(request.name()).first().filter(first::equals).isEmpty();
    return settled(request, young ? keys.afterSettling(request.name(), call) : now, first, call);
  }

  private KeySnapshot settled(
      CreateRequest request, AzureVersionChain chain, AzureVersion mine, CallContext call)
      throws BackendFailure {
    AzureVersion first =
        chain.first().orElseThrow(() -> AzureCalls.REFUSALS.notSeenYet("Key " + request.name()));
    if (!first.id().equals(mine.id())) {
      keys.discard(request.name(), mine, call);
    }
    if (!first.tags().operationId().equals(request.operationId())) {
      throw AzureCalls.REFUSALS.alreadyExists(request.name());
    }
    return BackendFailure.afterChange(
        "Key " + request.name() + " was created.", () -> keys.snapshots().of(chain, call));
  }
}
