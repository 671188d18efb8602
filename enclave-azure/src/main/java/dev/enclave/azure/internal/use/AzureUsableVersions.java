package dev.enclave.azure.internal.use;

import dev.enclave.KeyState;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.keys.AzureAdopter;
import dev.enclave.azure.internal.keys.AzureKeys;
import dev.enclave.azure.internal.model.AzureNames;
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
public final class AzureUsableVersions {

  private final AzureKeys keys;
  private final AzureAdopter adopter;

  public AzureUsableVersions(AzureKeys keys, AzureAdopter adopter) {
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
      throw AzureCalls.REFUSALS.invalidState(ref.name(), ref.version(), fresh.state());
    }
    return fresh;
  }

  private RecentReadings.Id id(KeyVersionRef ref) throws BackendFailure {
    if (AzureNames.parse(ref.providerUri(), keys.calls().endpoint().origin())
        .flatMap(AzureNames.Id::version)
        .filter(ref.version().value()::equals)
        .isEmpty()) {
      throw AzureCalls.REFUSALS.noVersion(ref.name(), ref.version());
    }
    return new RecentReadings.Id(ref.name(), ref.version().value());
  }

  private Reading readAnew(KeyVersionRef ref, RecentReadings.Id id, CallContext call)
      throws BackendFailure {
    boolean ours = isOurs(ref);
    if (ours) {
      try {
        keys.load(ref.name(), call);
      } catch (BackendFailure e) {
        if (e.code() != FailureCode.NOT_FOUND || e.failureClass() != FailureClass.PERMANENT) {
          throw e;
        }
        throw AzureCalls.REFUSALS.noVersion(ref.name(), ref.version());
      }
    } else if (!adopter.readAnew(ref, call)) {
      throw AzureCalls.REFUSALS.noVersion(ref.name(), ref.version());
    }
    return keys.readings()
        .recent(id)
        .orElseThrow(() -> AzureCalls.REFUSALS.noVersion(ref.name(), ref.version()));
  }

  private boolean isOurs(KeyVersionRef ref) {
    return AzureNames.parse(ref.providerUri(), keys.calls().endpoint().origin())
        .flatMap(parsed -> AzureNames.keyOf(parsed.name()))
        .filter(ref.name()::equals)
        .isPresent();
  }

  /** Passes a failure on; a state that the vault contradicts is not believed any longer. */
  BackendFailure contradicted(KeyVersionRef ref, BackendFailure failure) {
    if (failure.code() == FailureCode.INVALID_STATE || failure.code() == FailureCode.NOT_FOUND) {
      keys.readings().forget(new RecentReadings.Id(ref.name(), ref.version().value()));
    }
    return failure;
  }
}
