package dev.enclave.gcp.internal.versions;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
import com.google.protobuf.FieldMask;
import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeyStateChanger;
import java.util.Optional;

/**
 * Switches versions off and on, and destroys them: KMS's own states where it has them, and an
 * activation for what is active and what is retired.
 */
public final class GcpStateChanger implements KeyStateChanger {

  private final GcpKeys keys;

  public GcpStateChanger(GcpKeys keys) {
    this.keys = keys;
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    GcpKey key = keys.existing(ref.name(), call);
    int number =
        key.number(ref.version())
            .orElseThrow(() -> GcpRefusals.COMMON.noVersion(ref.name(), ref.version()));
    KeyState state = key.state(number);
    boolean unfinished = target == KeyState.DISABLED && key.notYetDisabled().contains(number);
    if (state == target && !unfinished) {
      return keys.snapshots().of(key, call);
    }
    if (state == KeyState.DESTROYED || target == KeyState.PENDING) {
      throw GcpRefusals.COMMON.invalidState(ref.name(), ref.version(), state);
    }
    // Read while it is enabled: KMS tells no public key of a version that is not.
    keys.snapshots().of(key, call);
    GcpKey changed =
        switch (target) {
          case DESTROYED -> key.with(destroy(key, number, call));
          case DISABLED -> key.with(disable(key, number, call));
          case VERIFY_ONLY -> enabled(ref, retired(ref, key, number, call), number, call);
          default -> enabled(ref, activated(ref, key, number, call), number, call);
        };
    return BackendFailure.afterChange(
        "Version " + ref.version() + " of key " + ref.name() + " was made " + target + ".",
        () -> keys.snapshots().of(changed, call));
  }

  /** Another activation, of the version that is active: labels take no condition, records do. */
  @Override
  public Optional<KeySnapshot> recordMove(KeyVersionRef ref, KeyHandle to, CallContext call)
      throws BackendFailure {
    GcpKey key = keys.existing(ref.name(), call);
    while (!key.last().movedTo().equals(Optional.of(to))) {
      Activation next = key.last().withMovedTo(to, call.operationId());
      Optional<Activation> recorded = keys.activations().claim(ref.name(), next, call);
      key = recorded.isPresent() ? key.after(recorded.get()) : keys.existing(ref.name(), call);
    }
    GcpKey moved = key;
    return Optional.of(
        BackendFailure.afterChange(
            "It is recorded where key " + ref.name() + " went.",
            () -> keys.snapshots().of(moved, call)));
  }

  private GcpKey retired(KeyVersionRef ref, GcpKey first, int number, CallContext call)
      throws BackendFailure {
    GcpKey key = first;
    while (key.last().active() == number
        || !key.last().used().contains(number)
        || key.last().disabled().contains(number)) {
      Activation next = key.last().retiring(number, call.operationId());
      Optional<Activation> recorded = keys.activations().claim(ref.name(), next, call);
      if (recorded.isPresent()) {
        return key.after(recorded.get());
      }
      key = keys.existing(ref.name(), call);
    }
    return key;
  }

  private GcpKey activated(KeyVersionRef ref, GcpKey first, int number, CallContext call)
      throws BackendFailure {
    GcpKey key = first;
    while (key.last().active() != number) {
      if (key.active() != 0) {
        throw GcpRefusals.COMMON.otherActive(ref.name(), ref.version());
      }
      Activation next = key.last().activating(number, call.operationId(), call.time().now());
      Optional<Activation> recorded = keys.activations().claim(ref.name(), next, call);
      if (recorded.isPresent()) {
        return key.after(recorded.get());
      }
      key = keys.existing(ref.name(), call);
    }
    return key;
  }

  private GcpKey enabled(KeyVersionRef ref, GcpKey key, int number, CallContext call)
      throws BackendFailure {
    return key.version(number).getState() == CryptoKeyVersionState.DISABLED
        ? BackendFailure.afterChange(
            "What version " + ref.version() + " of key " + ref.name() + " is for was recorded.",
            () -> key.with(set(key, number, CryptoKeyVersionState.ENABLED, call)))
        : key;
  }

  CryptoKeyVersion disable(GcpKey key, int number, CallContext call) throws BackendFailure {
    return set(key, number, CryptoKeyVersionState.DISABLED, call);
  }

  private CryptoKeyVersion set(
      GcpKey key, int number, CryptoKeyVersionState state, CallContext call) throws BackendFailure {
    return set(GcpNames.version(key.resource(), number), state, call);
  }

  /** Switches a version on or off. */
  public CryptoKeyVersion set(String resource, CryptoKeyVersionState state, CallContext call)
      throws BackendFailure {
    return answered(
        resource,
        state,
        keys.calls()
            .send(
                GcpOperation.UPDATE_VERSION,
                resource,
                UpdateCryptoKeyVersionRequest.newBuilder()
                    .setCryptoKeyVersion(
                        CryptoKeyVersion.newBuilder().setName(resource).setState(state))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("state"))
                    .build(),
                call));
  }

  CryptoKeyVersion destroy(GcpKey key, int number, CallContext call) throws BackendFailure {
    return destroy(GcpNames.version(key.resource(), number), call);
  }

  /**
   * Schedules it: until the key's own time is over, an administrator can restore it. An
   * organisation may demand that it is disabled before (constraints/cloudkms.disableBeforeDestroy);
   * nothing tells that beforehand, so it is disabled where destroying it as it is was refused.
   */
  public CryptoKeyVersion destroy(String resource, CallContext call) throws BackendFailure {
    try {
      return schedule(resource, call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.INVALID_STATE || !enabled(resource, call)) {
        throw e;
      }
    }
    CryptoKeyVersion unused = set(resource, CryptoKeyVersionState.DISABLED, call);
    return BackendFailure.afterChange(resource + " was disabled.", () -> schedule(resource, call));
  }

  private boolean enabled(String resource, CallContext call) throws BackendFailure {
    return keys.calls()
            .send(
                GcpOperation.GET_VERSION,
                resource,
                GetCryptoKeyVersionRequest.newBuilder().setName(resource).build(),
                call)
            .getState()
        == CryptoKeyVersionState.ENABLED;
  }

  private CryptoKeyVersion schedule(String resource, CallContext call) throws BackendFailure {
    return answered(
        resource,
        CryptoKeyVersionState.DESTROY_SCHEDULED,
        keys.calls()
            .send(
                GcpOperation.DESTROY_VERSION,
                resource,
                DestroyCryptoKeyVersionRequest.newBuilder().setName(resource).build(),
                call));
  }

  private static CryptoKeyVersion answered(
      String resource, CryptoKeyVersionState state, CryptoKeyVersion answer) throws BackendFailure {
    return BackendFailure.afterChange(
        "A change of a version was sent and answered.",
        () -> {
          if (!answer.getName().equals(resource) || answer.getState() != state) {
            throw GcpRefusals.wrongAnswer(
                    "it did not say that " + resource + " is " + state + " now")
                .naming(resource);
          }
          return answer;
        });
  }
}
