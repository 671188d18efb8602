package dev.enclave.gcp.internal.use;

import dev.enclave.KeyState;
import dev.enclave.cloud.RecentReadings;
import dev.enclave.cloud.RecentReadings.Reading;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpAdopter;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.keys.GcpLevels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether a version may be used now, by a reading that is young enough or else by a new one. */
public final class GcpUsableVersions {

  private final GcpKeys keys;
  private final GcpAdopter adopter;
  private final GcpLevels levels;

  public GcpUsableVersions(GcpKeys keys, GcpAdopter adopter, GcpLevels levels) {
    this.keys = keys;
    this.adopter = adopter;
    this.levels = levels;
  }

  /** The reading of a version whose state allows it. */
  Reading requireUsable(KeyVersionRef ref, Predicate<KeyState> allowed, CallContext call)
      throws BackendFailure {
    if (!named(ref)) {
      throw GcpRefusals.COMMON.noVersion(ref.name(), ref.version());
    }
    RecentReadings.Id id = id(ref);
    Optional<Reading> recent =
        keys.readings().recent(id).filter(reading -> allowed.test(reading.state()));
    if (recent.isPresent()) {
      return recent.get();
    }
    Reading fresh = readAnew(ref, id, call);
    if (!allowed.test(fresh.state())) {
      throw GcpRefusals.COMMON.invalidState(ref.name(), ref.version(), fresh.state());
    }
    return fresh;
  }

  /** A name that Cloud KMS used itself needs no parsing, once for every signature. */
  private boolean named(KeyVersionRef ref) {
    return levels.described(ref.providerUri())
        ? GcpNames.endsWith(ref.providerUri(), ref.version())
        : GcpNames.names(ref.providerUri(), ref.version());
  }

  private static RecentReadings.Id id(KeyVersionRef ref) {
    return new RecentReadings.Id(ref.name(), ref.version().value());
  }

  private Reading readAnew(KeyVersionRef ref, RecentReadings.Id id, CallContext call)
      throws BackendFailure {
    if (!adopter.ours(ref) || !loaded(ref, call)) {
      adopter.readAnew(ref, call);
    }
    return keys.readings()
        .recent(id)
        .orElseThrow(() -> GcpRefusals.COMMON.noVersion(ref.name(), ref.version()));
  }

  /** False for a CryptoKey of the name that Enclave did not make: it may have been adopted. */
  private boolean loaded(KeyVersionRef ref, CallContext call) throws BackendFailure {
    try {
      keys.load(ref.name(), call);
      return true;
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.NOT_FOUND || e.failureClass() != FailureClass.PERMANENT) {
        throw e;
      }
      return false;
    }
  }

  /** Passes a failure on; a state that KMS contradicts is not believed any longer. */
  BackendFailure contradicted(KeyVersionRef ref, BackendFailure failure) {
    if (failure.code() == FailureCode.INVALID_STATE || failure.code() == FailureCode.NOT_FOUND) {
      keys.readings().forget(id(ref));
    }
    return failure;
  }
}
