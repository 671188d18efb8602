package dev.enclave.core.internal.migration;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.lifecycle.RestoreOperation;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.Map;
import java.util.Optional;

/**
 * A private key goes from one backend to another, within this process: it is in no file and no
 * message, and what holds it is overwritten at the end.
 *
 * @param plan by the way IMPORT, which is possible here
 * @param source where the key is
 */
record ImportOperation(MigrationPlan plan, CachedKey source)
    implements KeyOperation<RestoreRequest, KeyDirectory.Found> {

  @Override
  public Operation kind() {
    return Operation.RESTORE;
  }

  @Override
  public RestoreRequest prepare(OperationRun run) {
    OpenBackend target = run.keys().backend(plan.target(), run.deadline());
    KeyName name = plan.key().name();
    run.on(run.keys().slot(target, name));
    run.rules().keyPolicy().requireCreatable(target.id(), plan.publicKey().algorithm());
    KeyExporter exporter = source.backend().capability(KeyExporter.class, "give a key out");
    ExportedKey key =
        run.ask(source.backend(), "export key " + name, call -> exporter.export(name, call));
    run.atEnd(key::close);
    requireOfThePlan(key);
    EnvironmentType stamp = RestoreOperation.stamp(key, run.rules().policy().environment());
    return RestoreRequest.of(name, stamp, key, run.trace().operationId());
  }

  private void requireOfThePlan(ExportedKey key) {
    boolean same =
        key.algorithm() == plan.publicKey().algorithm()
            && key.versions().size() == 1
            && key.versions().get(0).id().equals(plan.version())
            && key.versions().get(0).publicKey().equals(Optional.of(plan.publicKey()));
    if (!same) {
      throw Texts.EXPORTED_OTHERWISE.as(ErrorCode.MIGRATION_PLAN_CHANGED, source.backend().id());
    }
  }

  @Override
  public KeyDirectory.Found carryOut(RestoreRequest request, OperationRun run) {
    CachedKey slot = run.slot();
    KeyImporter importer = run.backend().capability(KeyImporter.class, "take a key in");
    try {
      KeyReading entry =
          RestoreOperation.takenIn("import key " + slot.name(), importer, request, run);
      run.details(Map.of("from", plan.key().toString()));
      return new KeyDirectory.Found(slot, entry);
    } catch (UsageException e) {
      if (e.code() != ErrorCode.KEY_ALREADY_EXISTS) {
        throw e;
      }
      return importedBefore(slot, run).orElseThrow(() -> e);
    }
  }

  /** An earlier run of another process may have ended after it: then the very key is there. */
  private Optional<KeyDirectory.Found> importedBefore(CachedKey slot, OperationRun run) {
    KeyReading entry = slot.fresh(run.trace(), run.deadline()).requireUsable();
    Optional<PublicKeyInfo> there = entry.snapshot().active().flatMap(KeyVersion::publicKey);
    return there.equals(Optional.of(plan.publicKey())) && entry.snapshot().versions().size() == 1
        ? Optional.of(new KeyDirectory.Found(slot, entry))
        : Optional.empty();
  }
}
