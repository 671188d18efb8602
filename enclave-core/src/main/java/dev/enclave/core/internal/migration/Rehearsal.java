package dev.enclave.core.internal.migration;

import dev.enclave.KeyName;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRehearsal;
import dev.enclave.migration.MigrationWay;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A migration without its changes: everything that a run reads, and probes of permissions. */
final class Rehearsal {

  private final MigrationProposal proposal;
  private final List<String> steps = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Rehearsal(MigrationProposal proposal) {
    this.proposal = proposal;
  }

  /**
   * Rehearses it.
   *
   * @throws EnclaveException as a run, for what no approval and no permission mends
   */
  MigrationRehearsal of(OperationRun run) {
    MigrateOperation operation = new MigrateOperation(proposal, made -> {});
    try {
      operation.requireApproved(run);
    } catch (EnclaveException e) {
      missing.add(e.code() + ": " + e.getMessage());
    }
    KeyReading entry = operation.requireAsFound(run);
    OpenBackend source = run.backend();
    OpenBackend target = run.keys().backend(proposal.plan().target());
    tell(entry, target, run);
    for (Permission each : notGranted(target, run)) {
      (each.grant() == Grant.MISSING ? missing : notes).add(text(target, each));
    }
    for (Permission each : notGranted(source, run)) {
      notes.add(text(source, each));
    }
    return new MigrationRehearsal(steps, missing, notes);
  }

  private void tell(KeyReading entry, OpenBackend target, OperationRun run) {
    MigrationPlan plan = proposal.plan();
    KeyName name = plan.key().name();
    String place = Texts.REHEARSED_PLACE.with(name, target.id(), plan.targetAuthority());
    steps.add(
        taken(target, name, run)
            ? Texts.STEP_GO_ON.with(place, ErrorCode.KEY_ALREADY_EXISTS)
            : plan.way().equals(Optional.of(MigrationWay.IMPORT))
                ? Texts.STEP_IMPORT.with(run.backend().id(), place, plan.publicKey().algorithm())
                : Texts.STEP_CREATE.with(place, plan.publicKey().algorithm()));
    steps.add(Texts.STEP_SIGN.with(plan.version(), entry.handle(), run.backend().id()));
    steps.add(Texts.STEP_WRITE.with());
    steps.add(Texts.STEP_RECORD.with(run.backend().id()));
    steps.add(Texts.STEP_RETIRE.with(plan.version()));
  }

  private static boolean taken(OpenBackend target, KeyName name, OperationRun run) {
    KeyDirectory keys = run.keys();
    CachedKey there = keys.slot(target, name);
    return keys.readIfThere(there, run.trace(), run.caller()).isPresent();
  }

  private List<Permission> notGranted(OpenBackend backend, OperationRun run) {
    Optional<PermissionProber> prober = backend.find(PermissionProber.class);
    if (prober.isEmpty()) {
      notes.add(Texts.TARGET_PERMISSIONS_UNKNOWN.with(backend.id()));
      return List.of();
    }
    try {
      return run
          .ask(backend, "tell the permissions of " + backend.id(), prober.get()::permissions)
          .stream()
          .filter(permission -> !permission.granted())
          .toList();
    } catch (EnclaveException e) {
      notes.add(e.code() + ": " + e.getMessage());
      return List.of();
    }
  }

  private static String text(OpenBackend backend, Permission permission) {
    return permission.grant() == Grant.MISSING
        ? Texts.TARGET_PERMISSION_MISSING.with(
            backend.id(),
            backend.shown(permission.name()),
            backend.shown(permission.neededFor()),
            backend.shown(permission.fix()))
        : Texts.PERMISSION_MAYBE_MISSING.with(
            backend.id(),
            backend.shown(permission.name()),
            backend.shown(permission.reason()),
            backend.shown(permission.neededFor()),
            backend.shown(permission.fix()));
  }
}
