package dev.enclave.azure.internal.versions;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.keys.AzurePublicKeys;
import dev.enclave.azure.internal.model.AzureScheme;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureTags.Claim;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Replaces versions: another version of the key, then its claim to be the active one. */
public final class AzureRotator implements KeyRotator {

  private final AzureKeys keys;
  private final AzurePublicKeys publicKeys;
  private final boolean byVault;

  /**
   * Of one vault.
   *
   * @param byVault whether a version that the vault's policy made is taken instead of a new one
   */
  public AzureRotator(AzureKeys keys, AzurePublicKeys publicKeys, boolean byVault) {
    this.keys = keys;
    this.publicKeys = publicKeys;
    this.byVault = byVault;
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    keys.requireOneRegion("Rotating key " + request.name());
    AzureVersionChain chain = keys.existing(request.name(), call);
    Optional<KeyVersion> before = prepared(request, chain, call);
    if (before.isPresent()) {
      return before.get();
    }
    AzureVersion active = requireActive(request, chain);
    AzureVersion first = chain.first().orElseThrow();
    KeyAlgorithm algorithm = first.tags().algorithm().orElseThrow();
    AzureTags tags = first.tags().next(request.operationId());
    Optional<AzureVersion> given =
        byVault ? offered(chain, active, algorithm, call) : Optional.empty();
    AzureVersion next =
        given.isPresent()
            ? keys.directory()
                .tag(request.name(), given.get(), tags.with(given.get().tags().others()), call)
            : keys.directory().make(request.name(), new AzureScheme(algorithm), tags, call);
    return keys.snapshots().version(chain, next, Map.of(next.id(), KeyState.PENDING), call);
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    return prepared(request, keys.existing(request.name(), call), call);
  }

  private Optional<KeyVersion> prepared(
      RotateRequest request, AzureVersionChain chain, CallContext call) throws BackendFailure {
    Optional<AzureVersion> made = chain.preparedBy(request.operationId());
    return made.isEmpty()
        ? Optional.empty()
        : Optional.of(keys.snapshots().version(chain, made.get(), Map.of(), call));
  }

  /** The newest version that the vault made by itself after the active one. */
  private Optional<AzureVersion> offered(
      AzureVersionChain chain, AzureVersion active, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    for (AzureVersion version :
        chain.strangers().stream().sorted(AzureVersionChain.BY_AGE.reversed()).toList()) {
      if (version.enabled()
          && Comparator.comparingLong(AzureVersion::createdSecond).compare(version, active) > 0
          && publicKeys.of(version.uri(), call).isOf(algorithm)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  private static AzureVersion requireActive(RotateRequest request, AzureVersionChain chain)
      throws BackendFailure {
    return chain
        .active()
        .filter(version -> version.version().equals(request.expectedActive()))
        .orElseThrow(() -> AzureCalls.REFUSALS.conflict(request.name(), request.expectedActive()));
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId nextId, CallContext call)
      throws BackendFailure {
    KeyName name = request.name();
    keys.requireOneRegion("Rotating key " + name);
    AzureVersionChain chain = showing(nextId, name, call);
    AzureVersion next =
        prepared(chain, nextId).orElseThrow(() -> AzureCalls.REFUSALS.noVersion(name, nextId));
    Optional<Integer> claimed =
        next.tags().claims().stream().map(Claim::number).max(Integer::compare);
    if (chain.everActive(next) && !chain.headIs(next)) {
      return keys.snapshots().of(chain, finished(chain, call), call);
    }
    Optional<AzureVersionChain> won;
    if (claimed.isPresent()) {
      // An earlier attempt of this operation, of which nobody knows how it ended.
      won = keys.claimed(name, next.id(), claimed.get(), false, call);
    } else {
      requireActive(request, chain);
      if (chain.state(next) != KeyState.PENDING) {
        throw AzureCalls.REFUSALS.invalidState(name, nextId, chain.state(next));
      }
      Claim claim =
          new Claim(
              chain.headNumber() + 1,
              Optional.empty(),
              request.retiredState() == KeyState.DISABLED);
      won = keys.claim(name, next, claim, false, call);
    }
    AzureVersionChain after =
        won.orElseThrow(() -> AzureCalls.REFUSALS.conflict(name, request.expectedActive()));
    return BackendFailure.afterChange(
        "Version " + nextId + " of key " + name + " is active.",
        () -> keys.snapshots().of(after, finished(after, call), call));
  }

  /** The key, after a while if the version was made just now and is not to be seen yet. */
  private AzureVersionChain showing(KeyVersionId version, KeyName name, CallContext call)
      throws BackendFailure {
    AzureVersionChain chain = keys.existing(name, call);
    if (prepared(chain, version).isPresent()) {
      return chain;
    }
    keys.calls().pause(AzureVersionChain.SETTLING, "see version " + version, call);
    return keys.existing(name, call);
  }

  private static Optional<AzureVersion> prepared(AzureVersionChain chain, KeyVersionId id) {
    return chain.version(id.value()).filter(version -> !chain.isStranger(version));
  }

  /** What follows this claim, and those of rotations for a compromise that crashed before. */
  private Map<String, KeyState> finished(AzureVersionChain chain, CallContext call)
      throws BackendFailure {
    Map<String, KeyState> written = new HashMap<>();
    for (AzureVersion replaced : chain.notYetDisabled()) {
      keys.directory().enable(chain.name(), replaced, false, call);
      written.put(replaced.id(), KeyState.DISABLED);
    }
    return written;
  }

  /** A tag of the first version, which stays as long as the key does. */
  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    AzureVersionChain chain = keys.existing(name, call);
    AzureVersion first = chain.first().orElseThrow();
    RotationInterval before = first.tags().rotation();
    if (before.equals(interval)) {
      return keys.snapshots().of(chain, call);
    }
    // Another interval than both is a later change of somebody else's, and is left.
    AzureVersionChain after =
        keys.changeTags(
            name,
            first,
            tags -> tags.withRotation(interval),
            Optional.empty(),
            tags -> !tags.rotation().equals(before),
            call);
    return BackendFailure.afterChange(
        "Key " + name + " has the rotation interval " + interval + ".",
        () -> keys.snapshots().of(after, call).withRotation(interval));
  }
}
