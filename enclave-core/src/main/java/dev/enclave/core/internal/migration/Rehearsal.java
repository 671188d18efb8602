package dev.enclave.core.internal.migration;

import dev.enclave.KeyName;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.operation.OperationRun;
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
      operation.requireApproved(run.shared());
    } catch (EnclaveException e) {
      missing.add(e.code() + ": " + e.getMessage());
    }
    KeyReading entry = operation.requireAsFound(run);
    OpenBackend source = run.backend();
    OpenBackend target =
        run.shared()
            .backends()
            .of(proposal.plan().target(), run.shared().within(SharedParts.CHANGE_WITHIN));
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
    String place = "key " + name + " in " + target.id() + " at " + plan.targetAuthority();
    steps.add(
        taken(target, name, run)
            ? "go on with "
                + place
                + ", which is there already; if another operation than this plan made it, the run"
                + " is refused ("
                + ErrorCode.KEY_ALREADY_EXISTS
                + ")"
            : (plan.way().equals(Optional.of(MigrationWay.IMPORT))
                    ? "take the private key out of " + run.backend().id() + " and import it as "
                    : "create ")
                + place
                + " for "
                + plan.publicKey().algorithm());
    steps.add(
        "sign the statement with version "
            + plan.version()
            + " of "
            + entry.handle()
            + ", with the new key and with the statement key of "
            + run.backend().id());
    steps.add("write the record");
    steps.add("record the new handle with the old key, where " + run.backend().id() + " can");
    steps.add("make version " + plan.version() + " of the old key verify-only");
  }

  private static boolean taken(OpenBackend target, KeyName name, OperationRun run) {
    KeyFinder keys = run.shared().keys();
    CachedKey there = keys.slot(target, name, Optional.empty());
    return keys.readIfThere(there, run.trace(), run.caller()).isPresent();
  }

  private List<Permission> notGranted(OpenBackend backend, OperationRun run) {
    Optional<PermissionProber> prober = backend.find(PermissionProber.class);
    if (prober.isEmpty()) {
      notes.add("backend " + backend.id() + " cannot tell which permissions it has");
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
    return "backend "
        + backend.id()
        + ": permission "
        + backend.shown(permission.name())
        + (permission.grant() == Grant.MISSING
            ? " is missing"
            : " may be missing (" + backend.shown(permission.reason()) + ")")
        + ", which "
        + backend.shown(permission.neededFor())
        + " needs: "
        + backend.shown(permission.fix());
  }
}
