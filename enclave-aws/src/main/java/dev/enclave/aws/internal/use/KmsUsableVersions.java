package dev.enclave.aws.internal.use;

import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.keys.KmsAdopter;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.cloud.RecentReadings;
import dev.enclave.cloud.RecentReadings.Reading;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether a version may be used now, by a reading that is young enough or else by a new one. */
public final class KmsUsableVersions {

  private final KmsKeys keys;
  private final KmsAdopter adopter;

  public KmsUsableVersions(KmsKeys keys, KmsAdopter adopter) {
    this.keys = keys;
    this.adopter = adopter;
  }

  /** The reading of a version whose state allows it. */
  Reading requireUsable(KeyVersionRef ref, Predicate<KeyState> allowed, CallContext call)
      throws BackendFailure {
    keys.calls().requireOpen();
    RecentReadings.Id id = id(ref);
    Optional<Reading> recent =
        keys.readings().recent(id).filter(reading -> allowed.test(reading.state()));
    if (recent.isPresent()) {
      return recent.get();
    }
    Reading fresh = readAnew(ref, id, call);
    if (!allowed.test(fresh.state())) {
      throw KmsRefusals.COMMON.invalidState(ref.name(), ref.version(), fresh.state());
    }
    return fresh;
  }

  private static RecentReadings.Id id(KeyVersionRef ref) throws BackendFailure {
    if (!KmsArns.names(ref.providerUri(), ref.version())) {
      throw KmsRefusals.COMMON.noVersion(ref.name(), ref.version());
    }
    return new RecentReadings.Id(ref.name(), ref.version().value());
  }

  private Reading readAnew(KeyVersionRef ref, RecentReadings.Id id, CallContext call)
      throws BackendFailure {
    boolean ours;
    try {
      keys.load(ref.name(), call);
      ours = true;
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.NOT_FOUND || e.failureClass() != FailureClass.PERMANENT) {
        throw e;
      }
      ours = false;
    }
    if (!ours && !adopter.readAnew(ref, call)) {
      throw KmsRefusals.COMMON.noVersion(ref.name(), ref.version());
    }
    return keys.readings()
        .recent(id)
        .orElseThrow(() -> KmsRefusals.COMMON.noVersion(ref.name(), ref.version()));
  }

  /** Passes a failure on; a state that KMS contradicts is not believed any longer. */
  BackendFailure contradicted(KeyVersionRef ref, BackendFailure failure) {
    if (failure.code() == FailureCode.INVALID_STATE || failure.code() == FailureCode.NOT_FOUND) {
      keys.readings().forget(new RecentReadings.Id(ref.name(), ref.version().value()));
    }
    return failure;
  }
}
