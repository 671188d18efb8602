package dev.enclave.aws.internal.versions;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsPartition;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import java.util.Map;
import java.util.Optional;

/**
 * Creates keys: first a tagged KMS key, then the alias that makes it the first version of its name.
 * Whoever makes the alias has created the key. A KMS key that never gets its alias, since an answer
 * was lost or the process died, is an orphan without use.
 */
public final class KmsCreator implements KeyCreator {

  private final KmsKeys keys;
  private final KmsPartition partition;

  /**
   * What failed after it was made, by operation: a new key may get its alias only seconds later.
   */
  private final Map<String, KmsKey> unfinished = BoundedMap.of(1_000);

  public KmsCreator(KmsKeys keys, KmsPartition partition) {
    this.keys = keys;
    this.partition = partition;
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    if (!partition.has(request.algorithm())) {
      throw KmsRefusals.notInPartition(request.algorithm());
    }
    KmsVersionChain before = keys.directory().read(request.name(), call);
    if (!before.isEmpty()) {
      return ownOrRefused(request, before, call);
    }
    Optional<KmsKey> earlier = Optional.ofNullable(unfinished.remove(request.operationId()));
    KmsKey made = earlier.isPresent() ? earlier.get() : make(request, call);
    try {
      return finish(request, made, call);
    } catch (BackendFailure e) {
      unfinished.put(request.operationId(), made);
      throw KmsRefusals.COMMON.unlessNew(e);
    }
  }

  private KmsKey make(CreateRequest request, CallContext call) throws BackendFailure {
    KmsTags tags =
        KmsTags.first(
            request.name(),
            request.algorithm(),
            request.rotation(),
            request.stamp(),
            request.operationId());
    return keys.make(tags, KmsScheme.of(request.algorithm()), call);
  }

  private KeySnapshot finish(CreateRequest request, KmsKey made, CallContext call)
      throws BackendFailure {
    if (keys.directory().enter(request.name(), 1, made, call)) {
      return BackendFailure.afterChange(
          "Key " + request.name() + " was created.",
          () -> keys.snapshots().of(KmsVersionChain.of(request.name(), made), call));
    }
    KmsVersionChain there = entered(request.name(), call);
    if (there.version(made.id()).isEmpty()) {
      keys.discard(made, call);
    }
    return ownOrRefused(request, there, call);
  }

  private KmsVersionChain entered(KeyName name, CallContext call) throws BackendFailure {
    KmsVersionChain chain = keys.directory().read(name, call);
    if (chain.isEmpty()) {
      throw KmsRefusals.COMMON.notSeenYet(KmsAliases.version(name, 1));
    }
    return chain;
  }

  private KeySnapshot ownOrRefused(CreateRequest request, KmsVersionChain chain, CallContext call)
      throws BackendFailure {
    KmsKey first = chain.versions().get(1);
    if (first != null && first.tags().operationId().equals(request.operationId())) {
      return BackendFailure.afterChange(
          "Key " + request.name() + " was created.", () -> keys.snapshots().of(chain, call));
    }
    if (!chain.isEmpty()
        && chain.versions().values().stream()
            .allMatch(key -> chain.state(key, call.time().now()) == KeyState.DESTROYED)) {
      throw KmsRefusals.COMMON.allDestroyed(
          request.name(),
          "AWS KMS frees the name when it has deleted them, 7 to 30 days after they were"
              + " destroyed.");
    }
    throw KmsRefusals.COMMON.alreadyExists(request.name());
  }
}
