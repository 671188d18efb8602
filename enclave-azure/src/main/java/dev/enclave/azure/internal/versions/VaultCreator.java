package dev.enclave.azure.internal.versions;

import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.VaultCalls;
import dev.enclave.azure.internal.calls.VaultRefusals;
import dev.enclave.azure.internal.keys.VaultDirectory.Listing;
import dev.enclave.azure.internal.keys.VaultKeys;
import dev.enclave.azure.internal.model.VaultChain;
import dev.enclave.azure.internal.model.VaultScheme;
import dev.enclave.azure.internal.model.VaultTags;
import dev.enclave.azure.internal.model.VaultVersion;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.CreateRequest;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;

/**
 * Creates keys. The vault makes another version where a name is taken, so the name is looked up
 * first; and whoever else looked at the same time is seen once the vault's second is over: see
 * {@link VaultChain} for who then has created the key.
 */
public final class VaultCreator {

  private final VaultKeys keys;

  public VaultCreator(VaultKeys keys) {
    this.keys = keys;
  }

  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    boolean managedHsm = keys.calls().endpoint().managedHsm();
    if (!VaultScheme.offered(request.algorithm(), managedHsm)) {
      throw VaultRefusals.noEd25519(request.algorithm());
    }
    KeyName name = request.name();
    Listing listing = keys.directory().list(name, call);
    if (!listing.everything(name).unfinished()) {
      return ofAnEarlierAttempt(request, listing, call);
    }
    VaultTags tags =
        VaultTags.first(
            name, request.algorithm(), request.rotation(), request.stamp(), request.operationId());
    VaultVersion made;
    try {
      made = keys.directory().make(name, new VaultScheme(request.algorithm()), tags, call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.ALREADY_EXISTS ? VaultRefusals.deleted(name) : e;
    }
    VaultChain after =
        BackendFailure.afterChange(
            "A first version of key " + name + " was made.", () -> keys.afterSettling(name, call));
    return settled(request, after, made, call);
  }

  private KeySnapshot ofAnEarlierAttempt(CreateRequest request, Listing listing, CallContext call)
      throws BackendFailure {
    VaultChain now = listing.everything(request.name());
    VaultVersion first = now.first().orElseThrow(() -> VaultRefusals.foreign(request.name()));
    if (!first.tags().operationId().equals(request.operationId())) {
      throw VaultCalls.REFUSALS.alreadyExists(request.name());
    }
    boolean young = listing.settled(request.name()).first().filter(first::equals).isEmpty();
    return settled(request, young ? keys.afterSettling(request.name(), call) : now, first, call);
  }

  private KeySnapshot settled(
      CreateRequest request, VaultChain chain, VaultVersion mine, CallContext call)
      throws BackendFailure {
    VaultVersion first =
        chain.first().orElseThrow(() -> VaultCalls.REFUSALS.notSeenYet("Key " + request.name()));
    if (!first.id().equals(mine.id())) {
      keys.discard(request.name(), mine, call);
    }
    if (!first.tags().operationId().equals(request.operationId())) {
      throw VaultCalls.REFUSALS.alreadyExists(request.name());
    }
    return BackendFailure.afterChange(
        "Key " + request.name() + " was created.",
        () -> keys.snapshots().of(chain, keys.readings().now(), call));
  }
}
