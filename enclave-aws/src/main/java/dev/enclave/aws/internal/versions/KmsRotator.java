package dev.enclave.aws.internal.versions;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Replaces versions: another KMS key under the next number, then the claim to be active. */
public final class KmsRotator implements KeyRotator {

  private final KmsKeys keys;
  private final KmsStateChanger states;

  /**
   * What failed after it was made, by operation: a new key may get its alias only seconds later.
   */
  private final Map<String, KmsKey> unfinished = BoundedMap.of(1_000);

  public KmsRotator(KmsKeys keys, KmsStateChanger states) {
    this.keys = keys;
    this.states = states;
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    KmsVersionChain chain = keys.existing(request.name(), call);
    Optional<KeyVersion> before = prepared(request, chain, call);
    if (before.isPresent()) {
      return before.get();
    }
    KmsKey active = requireActive(request, chain, call);
    KmsKey next = enterNext(chain, active, request, call);
    return keys.snapshots().version(chain, next, Map.of(next.id(), KeyState.PENDING), call);
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    return prepared(request, keys.existing(request.name(), call), call);
  }

  private Optional<KeyVersion> prepared(
      RotateRequest request, KmsVersionChain chain, CallContext call) throws BackendFailure {
    Optional<KmsKey> made =
        chain.madeBy(request.operationId()).filter(key -> chain.numberOf(key) > 1);
    return made.isEmpty()
        ? Optional.empty()
        : Optional.of(keys.snapshots().version(chain, made.get(), Map.of(), call));
  }

  private KmsKey enterNext(
      KmsVersionChain chain, KmsKey active, RotateRequest request, CallContext call)
      throws BackendFailure {
    String operationId = request.operationId();
    KmsKey oldest = chain.oldest();
    KeyAlgorithm algorithm = oldest.tags().algorithm().orElseThrow();
    int number = chain.highestNumber() + 1;
    KmsTags tags =
        oldest
            .tags()
            .next(
                number,
                new KmsTags.Activation(chain.activationOf(active) + 1, disables(request)),
                operationId,
                first(chain, oldest),
                chain.rotation());
    Optional<KmsKey> earlier = Optional.ofNullable(unfinished.remove(operationId));
    KmsKey made =
        earlier.isPresent() ? earlier.get() : keys.make(tags, KmsScheme.of(algorithm), call);
    try {
      return enter(chain.name(), number, made, call);
    } catch (BackendFailure e) {
      unfinished.put(operationId, made);
      throw KmsRefusals.COMMON.unlessNew(e);
    }
  }

  private KmsKey enter(KeyName name, int from, KmsKey made, CallContext call)
      throws BackendFailure {
    for (int number = from; ; number++) {
      if (keys.directory().enter(name, number, made, call)) {
        if (number != made.tags().number()) {
          keys.directory().tag(made, KmsTags.NUMBER, Integer.toString(number), call);
        }
        return made;
      }
      KmsKey there = keys.directory().readBack(name, number, call);
      if (there.id().equals(made.id())) {
        return made;
      }
      if (there.tags().operationId().equals(made.tags().operationId())) {
        keys.discard(made, call);
        return there;
      }
    }
  }

  /** What later versions are told of the first one, which may be gone one day. */
  private static KmsTags.First first(KmsVersionChain chain, KmsKey oldest) {
    return chain.versions().values().stream()
        .flatMap(key -> key.tags().first().stream())
        .findFirst()
        .orElse(new KmsTags.First(oldest.id(), oldest.createdAt()));
  }

  private static KmsKey requireActive(
      RotateRequest request, KmsVersionChain chain, CallContext call) throws BackendFailure {
    return chain
        .active(call.time().now())
        .filter(key -> key.version().equals(request.expectedActive()))
        .orElseThrow(() -> KmsRefusals.COMMON.conflict(request.name(), request.expectedActive()));
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId nextId, CallContext call)
      throws BackendFailure {
    KmsVersionChain chain = keys.existing(request.name(), call);
    KmsKey next =
        chain
            .version(nextId.value())
            .orElseThrow(() -> KmsRefusals.COMMON.noVersion(request.name(), nextId));
    boolean done = chain.activationOf(next) > 0;
    if (done && !chain.headIs(next)) {
      return keys.snapshots().of(chain, states.disableAll(chain.notYetDisabled(), call), call);
    }
    Map<String, KeyState> written = new HashMap<>();
    if (!done) {
      KmsKey active = requireActive(request, chain, call);
      requirePending(request.name(), next, chain, call);
      KmsTags.Activated activated =
          keys.directory()
              .succeed(chain, next, disables(request), call)
              .orElseThrow(
                  () -> KmsRefusals.COMMON.conflict(request.name(), request.expectedActive()));
      keys.snapshots().noteActivated(next, activated);
      written.put(next.id(), KeyState.ACTIVE);
      written.put(active.id(), KeyState.VERIFY_ONLY);
    }
    return BackendFailure.afterChange(
        "Version " + nextId + " of key " + request.name() + " is active.",
        () -> {
          finish(request, chain, next, written, call);
          return keys.snapshots().of(chain, written, call);
        });
  }

  private static void requirePending(
      KeyName name, KmsKey next, KmsVersionChain chain, CallContext call) throws BackendFailure {
    KeyState state = chain.state(next, call.time().now());
    if (state != KeyState.PENDING) {
      throw KmsRefusals.COMMON.invalidState(name, next.version(), state);
    }
  }

  /** What follows the claim; repeated as a whole if an answer is lost on the way. */
  private void finish(
      RotateRequest request,
      KmsVersionChain chain,
      KmsKey next,
      Map<String, KeyState> written,
      CallContext call)
      throws BackendFailure {
    Optional<KmsKey> replaced = chain.version(request.expectedActive().value());
    if (replaced.isPresent() && written.isEmpty() && !replaced.get().doomed()) {
      keys.directory().confirmReplaced(replaced.get(), chain.activationOf(next), call);
    }
    Set<KmsKey> disabled = new LinkedHashSet<>(chain.notYetDisabled());
    replaced
        .filter(key -> disables(request) && !key.disabled() && !key.doomed())
        .ifPresent(disabled::add);
    written.putAll(states.disableAll(disabled, call));
    keys.hint(chain, next, call);
  }

  private static boolean disables(RotateRequest request) {
    return request.retiredState() == KeyState.DISABLED;
  }

  /** One tag, on every version that takes one; the oldest first, by which it is decided. */
  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    KmsVersionChain chain = keys.existing(name, call);
    KmsTags.Rotation stored = chain.rotation();
    KmsTags.Rotation rotation =
        stored.interval().equals(interval) ? stored : stored.changedTo(interval);
    List<KmsKey> alive = chain.versions().values().stream().filter(key -> !key.doomed()).toList();
    if (alive.isEmpty()) {
      throw KmsRefusals.COMMON.invalidState(name, chain.oldest().version(), KeyState.DESTROYED);
    }
    // With the same interval an earlier attempt may have ended between two versions.
    keys.directory().tell(alive.get(0), rotation, call);
    return BackendFailure.afterChange(
        "Key " + name + " has the rotation interval " + interval + ".",
        () -> {
          for (KmsKey key : alive.subList(1, alive.size())) {
            keys.directory().tell(key, rotation, call);
          }
          return keys.snapshots().of(chain, call).withRotation(interval);
        });
  }
}
