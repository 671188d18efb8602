package dev.enclave.software.internal.backend;

import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.PermissionProber;
import java.util.List;

/** Keys in sealed files of one directory. Thread-safe, across processes too. */
class StoreBackend extends RecordBackend implements PermissionProber {

  private final StoreLock locks;
  private final StoreHealth health;

  StoreBackend(OpenStore opened) {
    super(
        opened.kind().backend(),
        opened.layout().directory().toString(),
        opened.records(),
        opened.kek(),
        opened.context());
    this.locks = opened.locks();
    this.health = opened.health();
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return guarded(call, () -> health.report(() -> damage(call)));
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    return guarded(call, health::permissions);
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
