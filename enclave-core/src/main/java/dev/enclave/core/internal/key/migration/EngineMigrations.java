package dev.enclave.core.internal.key.migration;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.Migrations;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.Objects;

/** Migrates keys on behalf of one caller. Thread-safe. */
public final class EngineMigrations implements Migrations {

  private static final Duration VALIDITY = Duration.ofDays(1);

  private final SharedParts shared;
  private final String caller;

  /** On behalf of {@code caller}. */
  public EngineMigrations(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
  }

  @Override
  public MigrationPlan plan(KeyHandle key, BackendId target) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(target, "target");
    Planning planning = new Planning(key, target, VALIDITY);
    return OperationRun.by(caller, shared)
        .named(key.name())
        .read(Operation.LOOK_UP, SharedParts.CHANGE_WITHIN, planning::plan);
  }
}
