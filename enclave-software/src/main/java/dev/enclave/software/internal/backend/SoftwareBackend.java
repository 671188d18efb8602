package dev.enclave.software.internal.backend;

import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.records.FileStore;
import dev.enclave.software.internal.records.MasterKek;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.Resealer;
import java.util.List;
import java.util.Optional;

/** Keys in sealed files of one directory. Thread-safe, across processes too. */
public final class SoftwareBackend extends RecordBackend implements PermissionProber, Resealer {

  private final StoreLock locks;
  private final StoreHealth health;
  private final Optional<Resealing> resealing;

  /**
   * @param records closed with the backend
   * @param kek closed with the backend
   * @param resealing if the master keys are under a passphrase, which can be changed
   */
  SoftwareBackend(
      StoreKind kind,
      StoreLayout layout,
      StoreLock locks,
      FileStore records,
      MasterKek kek,
      StoreHealth health,
      Optional<Resealing> resealing,
      BackendContext context) {
    super(kind.backend(), layout.directory().toString(), records, kek, context);
    this.locks = locks;
    this.health = health;
    this.resealing = resealing;
  }

  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    return type == Resealer.class && resealing.isEmpty()
        ? Optional.empty()
        : super.capability(type);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return guarded(call, () -> health.report(() -> damage(call)));
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    return guarded(call, health::permissions);
  }

  @Override
  public void reseal(Optional<SecretBytes> newPassphrase, CallContext call) throws BackendFailure {
    guarded(
        call,
        () -> {
          resealing.orElseThrow().reseal(newPassphrase, name -> resealKey(name, false, call), call);
          return true;
        });
  }

  /**
   * Every call can be repeated. So it is, without the counters, when their memory was taken away:
   * the platform says that by an error, at once or some steps later.
   */
  @Override
  protected <T> T run(BackendFailure.Step<T> operation) throws BackendFailure {
    try {
      return operation.run();
    } catch (InternalError e) {
      if (!locks.abandonCounters()) {
        throw e;
      }
      return operation.run();
    }
  }
}
