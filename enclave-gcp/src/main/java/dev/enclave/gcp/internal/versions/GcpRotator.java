package dev.enclave.gcp.internal.versions;

import com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator;
import java.time.Instant;
import java.util.Optional;

/** Replaces versions: another version of the CryptoKey, then the record that it is active. */
public final class GcpRotator implements KeyRotator {

  private final GcpKeys keys;
  private final GcpStateChanger states;
  private final Preparations preparations;

  public GcpRotator(GcpKeys keys, GcpStateChanger states) {
    this.keys = keys;
    this.states = states;
    this.preparations = new Preparations(keys.calls(), keys.activations());
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    GcpKey key = keys.existing(request.name(), call);
    if (!isActive(request, key)) {
      // An earlier attempt, by another process perhaps, may have activated its version already.
      Optional<Integer> earlier = preparations.of(key, request.operationId(), call);
      if (earlier.isEmpty()) {
        throw GcpRefusals.COMMON.conflict(request.name(), request.expectedActive());
      }
      return described(key, key.version(earlier.get()), call);
    }
    Optional<Integer> earlier =
        preparations.begin(key, request.operationId(), call)
            ? Optional.empty()
            : preparations.of(key, request.operationId(), call);
    CryptoKeyVersion next = earlier.isPresent() ? key.version(earlier.get()) : make(key, call);
    preparations.made(key, request.operationId(), GcpNames.numberOf(next.getName()).orElseThrow());
    return described(key.with(next), next, call);
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    GcpKey key = keys.existing(request.name(), call);
    Optional<Integer> made = preparations.of(key, request.operationId(), call);
    return made.isEmpty()
        ? Optional.empty()
        : Optional.of(described(key, key.version(made.get()), call));
  }

  private CryptoKeyVersion make(GcpKey key, CallContext call) throws BackendFailure {
    CryptoKeyVersion made =
        keys.calls()
            .send(
                GcpOperation.CREATE_VERSION,
                key.resource(),
                CreateCryptoKeyVersionRequest.newBuilder()
                    .setParent(key.resource())
                    .setCryptoKeyVersion(CryptoKeyVersion.getDefaultInstance())
                    .build(),
                call);
    if (!GcpNames.keyOf(made.getName()).equals(key.resource())
        || !GcpNames.isVersion(made.getName())) {
      throw GcpRefusals.wrongAnswer("it made a version of another key than " + key.resource())
          .naming(key.resource());
    }
    return made;
  }

  private KeyVersion described(GcpKey key, CryptoKeyVersion version, CallContext call)
      throws BackendFailure {
    CryptoKeyVersion generated = keys.generated(version, call);
    return keys.snapshots()
        .version(key.with(generated), GcpNames.numberOf(generated.getName()).orElseThrow(), call);
  }

  private static boolean isActive(RotateRequest request, GcpKey key) {
    int active = key.active();
    return active != 0 && request.expectedActive().value().equals(Integer.toString(active));
  }

  private static void requireActive(RotateRequest request, GcpKey key) throws BackendFailure {
    if (!isActive(request, key)) {
      throw GcpRefusals.COMMON.conflict(request.name(), request.expectedActive());
    }
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId nextId, CallContext call)
      throws BackendFailure {
    GcpKey key = keys.existing(request.name(), call);
    int next =
        key.number(nextId).orElseThrow(() -> GcpRefusals.COMMON.noVersion(request.name(), nextId));
    if (key.last().used().contains(next)) {
      if (!keys.activations().recorded(key, next, request.operationId(), call)) {
        throw GcpRefusals.COMMON.conflict(request.name(), request.expectedActive());
      }
      return finish(request.name(), key, call);
    }
    return finish(request.name(), claim(request, key, next, call), call);
  }

  private GcpKey claim(RotateRequest request, GcpKey first, int next, CallContext call)
      throws BackendFailure {
    GcpKey key = first;
    while (true) {
      requireActive(request, key);
      if (key.state(next) != KeyState.PENDING) {
        throw GcpRefusals.COMMON.invalidState(
            request.name(), KeyVersionId.of(Integer.toString(next)), key.state(next));
      }
      Instant now = call.time().now();
      Activation activation =
          request.retiredState() == KeyState.DISABLED
              ? key.last().activatingAndDisabling(next, request.operationId(), now)
              : key.last().activating(next, request.operationId(), now);
      Optional<Activation> recorded = keys.activations().claim(request.name(), activation, call);
      if (recorded.isPresent()) {
        return key.after(recorded.get());
      }
      // Another decision came first, perhaps about another version: look again.
      key = keys.existing(request.name(), call);
    }
  }

  /** What follows the record; repeated as a whole if an answer is lost on the way. */
  private KeySnapshot finish(KeyName name, GcpKey key, CallContext call) throws BackendFailure {
    return BackendFailure.afterChange(
        "That another version of key " + name + " is active was recorded.",
        () -> finished(key, call));
  }

  /** Of this rotation, and of those for a compromise that crashed before. */
  private KeySnapshot finished(GcpKey key, CallContext call) throws BackendFailure {
    GcpKey now = key;
    if (!key.notYetDisabled().isEmpty()) {
      // Read while it is enabled: KMS tells no public key of a disabled version.
      keys.snapshots().of(key, call);
    }
    for (int number : key.notYetDisabled()) {
      now = now.with(states.disable(now, number, call));
    }
    return keys.snapshots().of(now, call);
  }

  /** Another activation, of the version that is active: labels take no condition, records do. */
  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    GcpKey key = keys.existing(name, call);
    while (!key.rotation().equals(interval)) {
      Activation next = key.last().withRotation(interval, call.operationId());
      Optional<Activation> recorded = keys.activations().claim(name, next, call);
      key = recorded.isPresent() ? key.after(recorded.get()) : keys.existing(name, call);
    }
    GcpKey changed = key;
    return BackendFailure.afterChange(
        "Key " + name + " has the rotation interval " + interval + ".",
        () -> keys.snapshots().of(changed, call));
  }
}
