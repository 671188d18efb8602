package dev.enclave.azure.internal.versions;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureDirectory;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureTags.Claim;
import dev.enclave.azure.internal.model.AzureTags.Mark;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.kit.key.MovedTags;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Switches versions off and on, and destroys them. A vault deletes keys with all their versions
 * alone: the last version that is destroyed takes the key with it; until then one is disabled, and
 * its tag says that it does not come back.
 */
public final class AzureStateChanger implements KeyStateChanger {

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final int LOOKS = 10;

  private final AzureKeys keys;

  public AzureStateChanger(AzureKeys keys) {
    this.keys = keys;
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    AzureDirectory.Listing listing = keys.directory().list(ref.name(), call);
    if (listing.versions().isEmpty()) {
      return changeDeleted(ref, target, call);
    }
    AzureVersionChain chain = keys.existing(ref.name(), call);
    AzureVersion version =
        chain
            .version(ref.version().value())
            .orElseThrow(() -> AzureCalls.REFUSALS.noVersion(ref.name(), ref.version()));
    KeyState state = chain.state(version);
    boolean unfinished =
        target == KeyState.DISABLED
            ? version.enabled()
            : target == KeyState.DESTROYED && !othersAlive(chain, version);
    if (state == target && !unfinished) {
      return keys.snapshots().of(chain, call);
    }
    if (state != target && (state == KeyState.DESTROYED || target == KeyState.PENDING)) {
      throw AzureCalls.REFUSALS.invalidState(ref.name(), ref.version(), state);
    }
    return switch (target) {
      case DESTROYED -> destroy(chain, version, call);
      case ACTIVE -> makeActive(chain, version, call);
      case DISABLED -> {
        keys.directory().enable(ref.name(), version, false, call);
        yield changed(chain, version, target, call);
      }
      case VERIFY_ONLY -> {
        AzureVersionChain after =
            keys.changeTags(
                ref.name(),
                version,
                tags -> tags.withMark(Optional.of(Mark.RETIRED)),
                version.enabled() ? Optional.empty() : Optional.of(true),
                tags -> tags.mark().isPresent(),
                call);
        yield changed(after, version, target, call);
      }
      case PENDING -> throw AzureCalls.REFUSALS.invalidState(ref.name(), ref.version(), state);
    };
  }

  private KeySnapshot changeDeleted(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    Optional<AzureVersion> seen = keys.deleted(ref.name(), call);
    if (seen.isEmpty()) {
      // An earlier attempt may have deleted it.
      throw target == KeyState.DESTROYED && call.attempt() > 1
          ? notSeenDeleted(ref.name())
          : AzureRefusals.noKey(ref.name());
    }
    AzureVersion deleted = seen.get();
    if (target != KeyState.DESTROYED) {
      throw AzureCalls.REFUSALS.invalidState(ref.name(), ref.version(), KeyState.DESTROYED);
    }
    return keys.snapshots().ofDeleted(ref.name(), deleted, call);
  }

  private KeySnapshot destroy(AzureVersionChain chain, AzureVersion version, CallContext call)
      throws BackendFailure {
    KeyName name = chain.name();
    // Marked already: an earlier attempt came to its end before the key was deleted.
    AzureVersionChain after =
        chain.state(version) == KeyState.DESTROYED
            ? keys.afterSettling(name, call)
            : keys.markDestroyed(name, version, call);
    return BackendFailure.afterChange(
        "Version " + version.id() + " of key " + name + " is marked as destroyed.",
        () -> ended(after, version, call));
  }

  /**
   * The last version that is destroyed takes the key with it. With its mark nobody begins to
   * activate another version any more; who began before it has claimed by now.
   */
  private KeySnapshot ended(AzureVersionChain after, AzureVersion version, CallContext call)
      throws BackendFailure {
    KeyName name = after.name();
    Map<String, KeyState> written = Map.of(version.id(), KeyState.DESTROYED);
    if (othersAlive(after, version)) {
      return keys.snapshots().of(after, written, call);
    }
    keys.directory().delete(name, call);
    return keys.snapshots().ofDeleted(name, gone(name, call), call);
  }

  private static boolean othersAlive(AzureVersionChain chain, AzureVersion version) {
    return chain.versions().stream()
        .anyMatch(v -> !v.id().equals(version.id()) && chain.state(v) != KeyState.DESTROYED);
  }

  /** Deleting takes the vault a while, and until it is done the key is nowhere to be seen. */
  private AzureVersion gone(KeyName name, CallContext call) throws BackendFailure {
    for (int look = 0; look < LOOKS; look++) {
      Optional<AzureVersion> deleted = keys.deleted(name, call);
      if (deleted.isPresent()) {
        return deleted.get();
      }
      keys.calls().pause(BETWEEN_LOOKS, "see key " + name + " deleted", call);
    }
    throw notSeenDeleted(name);
  }

  private BackendFailure notSeenDeleted(KeyName name) {
    return BackendFailure.ambiguous(
        FailureCode.UNAVAILABLE,
        "Key "
            + name
            + " is being deleted and not to be seen yet, or the identity may not read deleted keys"
            + " ("
            + AzureOperation.GET_DELETED_KEY.dataAction(keys.calls().endpoint().managedHsm())
            + "). Load it in a while.");
  }

  private KeySnapshot makeActive(AzureVersionChain chain, AzureVersion version, CallContext call)
      throws BackendFailure {
    KeyName name = chain.name();
    if (!chain.headIs(version)) {
      if (chain.active().isPresent() || chain.isStranger(version)) {
        throw AzureCalls.REFUSALS.otherActive(name, version.version());
      }
      AzureVersionChain after =
          keys.claim(name, version, new Claim(chain.headNumber() + 1, Optional.empty()), true, call)
              .orElseThrow(() -> AzureCalls.REFUSALS.otherActive(name, version.version()));
      return changed(after, version, KeyState.ACTIVE, call);
    }
    Optional<Boolean> enabled = version.enabled() ? Optional.empty() : Optional.of(true);
    if (version.tags().mark().isEmpty() && version.tags().moved().isEmpty()) {
      keys.directory().change(name, version, Optional.empty(), enabled, call);
      return changed(chain, version, KeyState.ACTIVE, call);
    }
    AzureVersionChain after =
        keys.changeTags(
            name,
            version,
            tags -> tags.withMark(Optional.empty()).withMoved(Optional.empty()),
            enabled,
            tags -> tags.mark().isEmpty() && tags.moved().isEmpty(),
            call);
    return changed(after, version, KeyState.ACTIVE, call);
  }

  /** Tags of the version that was retired: it stays as long as it verifies. */
  @Override
  public Optional<KeySnapshot> recordMove(KeyVersionRef ref, KeyHandle to, CallContext call)
      throws BackendFailure {
    if (MovedTags.of(AzureTags.MOVED, to).isEmpty()) {
      return Optional.empty();
    }
    AzureVersionChain chain = keys.existing(ref.name(), call);
    AzureVersion version =
        chain
            .version(ref.version().value())
            .orElseThrow(() -> AzureCalls.REFUSALS.noVersion(ref.name(), ref.version()));
    Optional<KeyHandle> moved = Optional.of(to);
    if (version.tags().moved().equals(moved)) {
      return Optional.of(keys.snapshots().of(chain, call).withMovedTo(moved));
    }
    AzureVersionChain after =
        keys.changeTags(
            ref.name(),
            version,
            tags -> tags.withMoved(moved),
            Optional.empty(),
            tags -> tags.moved().equals(moved),
            call);
    return Optional.of(
        BackendFailure.afterChange(
            "Version " + version.id() + " of key " + ref.name() + " says where the key went.",
            () -> keys.snapshots().of(after, call).withMovedTo(moved)));
  }

  private KeySnapshot changed(
      AzureVersionChain chain, AzureVersion version, KeyState state, CallContext call)
      throws BackendFailure {
    return BackendFailure.afterChange(
        "Version " + version.id() + " of key " + chain.name() + " was made " + state + ".",
        () -> keys.snapshots().of(chain, Map.of(version.id(), state), call));
  }
}
