package dev.enclave.core.internal.lifecycle;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A key is created that must not exist.
 *
 * @param own whether it is one of those whose names applications may not use
 */
public record CreateOperation(KeySpec<?> spec, boolean own)
    implements KeyOperation<KeyCreator, KeyDirectory.Found> {

  /** Does it, on behalf of {@code caller}. */
  public KeyDirectory.Found create(Operations operations, String caller) {
    return operations.by(caller).named(spec.name()).run(this);
  }

  /** The key of this name, created if it does not exist. */
  public KeyDirectory.Found ensure(Operations operations, String caller) {
    Optional<KeyDirectory.Found> existing = matching(operations, caller, slot -> {});
    if (existing.isPresent()) {
      return existing.get();
    }
    try {
      return create(operations, caller);
    } catch (UsageException e) {
      if (e.code() != ErrorCode.KEY_ALREADY_EXISTS) {
        throw e;
      }
      // Another replica was faster; a read may not show its key yet.
      return matching(operations, caller, CachedKey::expectVisible).orElseThrow(() -> e);
    }
  }

  /** The key if it exists; one that is not what was asked for is a creation that was refused. */
  private Optional<KeyDirectory.Found> matching(
      Operations operations, String caller, Consumer<CachedKey> before) {
    return operations
        .by(caller)
        .named(spec.name())
        .read(
            Operation.LOOK_UP,
            RetryingCaller.SIGN_WITHIN,
            run -> {
              run.failsAs(Operation.CREATE);
              CachedKey slot = slotOf(run.keys());
              run.on(slot);
              before.accept(slot);
              return run.keys()
                  .readIfThere(slot, run.trace(), caller)
                  .map(entry -> requireMatch(new KeyDirectory.Found(slot, entry)));
            });
  }

  private void requireFree() {
    if (!own) {
      ReservedNames.requireFree(spec.name());
    }
  }

  private CachedKey slotOf(KeyDirectory keys) {
    requireFree();
    return keys.adopted().contains(spec.name())
        ? keys.slot(spec.name())
        : keys.slot(backendOf(keys), spec.name());
  }

  private KeyDirectory.Found requireMatch(KeyDirectory.Found found) {
    found.entry().requireUsable();
    if (spec.backend().filter(id -> !id.equals(found.slot().backend().id())).isPresent()) {
      throw Texts.ADOPTED_FROM_OTHER_BACKEND.as(
          ErrorCode.KEY_SPEC_MISMATCH,
          spec.name(),
          found.slot().backend().id(),
          spec.backend().get());
    }
    if (found.entry().snapshot().algorithm() != spec.algorithm()) {
      throw Texts.EXISTS_FOR_OTHER_ALGORITHM.as(
          ErrorCode.KEY_SPEC_MISMATCH,
          spec.name(),
          found.entry().snapshot().algorithm(),
          spec.algorithm());
    }
    RotationInterval rotation = found.entry().rotation();
    if (spec.rotation().filter(asked -> !asked.equals(rotation)).isPresent()) {
      throw Texts.EXISTS_WITH_OTHER_INTERVAL.as(
          ErrorCode.KEY_SPEC_MISMATCH, spec.name(), rotation, spec.rotation().get());
    }
    return found;
  }

  /** Whether the policy and the backend allow a key for messages of this length. */
  static boolean offers(
      SecurityPolicy policy, OpenBackend backend, KeyAlgorithm algorithm, Message longest) {
    return policy.allows(algorithm)
        && backend
            .description()
            .support(algorithm)
            .filter(support -> support.digests() || support.takes(longest))
            .isPresent();
  }

  @Override
  public Operation kind() {
    return Operation.CREATE;
  }

  @Override
  public boolean secret() {
    return false;
  }

  @Override
  public KeyCreator prepare(OperationRun run) {
    CachedKey slot = newSlot(run.keys());
    run.on(slot);
    KeyCreator creator = slot.backend().capability(KeyCreator.class, "create keys");
    requireOffered(slot, run.rules().keyPolicy());
    return creator;
  }

  @Override
  public KeyDirectory.Found carryOut(KeyCreator creator, OperationRun run) {
    CachedKey slot = run.slot();
    KeyReading entry = slot.written(requireOwn(created(creator, run)));
    // A look-up that found nothing may have cleared the slot away meanwhile.
    slot.backend().slots().putIfAbsent(spec.name(), slot);
    requireAsAsked(slot, entry, run.rules().policy().environment());
    KeyVersion active = entry.requireActive();
    run.version(active.id());
    Map<String, String> details = new TreeMap<>(Map.of("algorithm", spec.algorithm().name()));
    RecordedKey.put(details, "publicKey", active.publicKey(), slot.backend());
    run.details(details);
    return new KeyDirectory.Found(slot, entry);
  }

  private KeySnapshot created(KeyCreator creator, OperationRun run) {
    CreateRequest request =
        CreateRequest.of(
            spec.name(),
            spec.algorithm(),
            spec.rotation().orElseGet(() -> RotationInterval.unlessAsked(spec.algorithm())),
            run.rules().policy().environment(),
            spec.operationId().orElse(run.trace().operationId()));
    return run.change("create key " + spec.name(), call -> creator.create(request, call));
  }

  private CachedKey newSlot(KeyDirectory keys) {
    requireFree();
    if (keys.adopted().contains(spec.name())) {
      throw Texts.CREATED_NAME_ADOPTED.as(ErrorCode.KEY_ALREADY_EXISTS, spec.name());
    }
    return keys.slot(backendOf(keys), spec.name());
  }

  private OpenBackend backendOf(KeyDirectory keys) {
    return spec.backend().isPresent() ? keys.backend(spec.backend().get()) : keys.resolved();
  }

  private void requireOffered(CachedKey slot, KeyPolicy policy) {
    policy.requireCreatable(slot.backend().id(), spec.algorithm());
    if (slot.backend().description().support(spec.algorithm()).isEmpty()) {
      throw Texts.ALGORITHM_NOT_OFFERED.as(
          ErrorCode.UNSUPPORTED_ALGORITHM,
          slot.backend().id(),
          spec.algorithm(),
          slot.backend().description().offered());
    }
  }

  /** With an operation id it may be the key of an earlier attempt, which asked for the same. */
  private KeySnapshot requireOwn(KeySnapshot made) {
    if (spec.operationId().isPresent() && made.algorithm() != spec.algorithm()) {
      throw Texts.MADE_BY_OPERATION.as(
          ErrorCode.KEY_ALREADY_EXISTS,
          spec.name(),
          made.algorithm(),
          spec.operationId().get(),
          spec.algorithm());
    }
    return made;
  }

  /** What came back may be less than what was asked: tools have made software keys silently. */
  private void requireAsAsked(CachedKey slot, KeyReading entry, EnvironmentType environment) {
    entry.requireUsable();
    KeySnapshot snapshot = entry.snapshot();
    KeyVersion active = entry.requireActive();
    entry.requirePublicKey(active);
    boolean stamped = slot.backend().description().has(BackendTrait.STAMPS);
    boolean right =
        snapshot.algorithm() == spec.algorithm()
            && active.publicKey().isPresent() == spec.algorithm().asymmetric()
            && (!stamped || snapshot.stamp().equals(StampReading.of(environment)));
    if (!right) {
      throw Texts.CREATED_OTHERWISE.as(
          ErrorCode.BACKEND_CONTRACT,
          slot.backend().id(),
          spec.algorithm(),
          environment,
          snapshot.algorithm(),
          ForeignText.of(snapshot.stamp()));
    }
  }
}
