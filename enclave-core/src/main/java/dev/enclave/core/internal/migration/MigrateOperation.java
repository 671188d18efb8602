package dev.enclave.core.internal.migration;

import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureValue;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation.Change;
import dev.enclave.core.internal.lifecycle.CreateOperation;
import dev.enclave.core.internal.lifecycle.StatementKey;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.StatementText;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationPlan.Aspect;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.MigrationRecord.Statement;
import dev.enclave.migration.MigrationRehearsal;
import dev.enclave.migration.MigrationWay;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.PermissionProber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A key is migrated. Every step is repeatable: the key at the target is created or imported under
 * the plan's hash, statements are signed anew, and the old version is made verify-only last.
 *
 * @param proposal the plan with its signatures
 * @param keep stores the record before the old version is retired
 */
record MigrateOperation(MigrationProposal proposal, Consumer<MigrationRecord> keep)
    implements KeyOperation<KeyReading, MigrationRecord> {

  @Override
  public Operation kind() {
    return Operation.MIGRATE;
  }

  @Override
  public KeyReading prepare(OperationRun run) {
    requireApproved(run);
    return requireAsFound(run);
  }

  /** The key, which is as the plan says; and so is what is found of both backends. */
  KeyReading requireAsFound(OperationRun run) {
    MigrationPlan plan = plan();
    KeyReading entry =
        new Planning(plan.key(), plan.target(), plan.way(), run.rules().migration().validity())
            .usable(run);
    requireAsPlanned(entry, run.slot());
    OpenBackend target = run.keys().backend(plan.target());
    if (!target.description().authority().equals(plan.targetAuthority())) {
      throw Texts.TARGET_ELSEWHERE.as(
          ErrorCode.MIGRATION_PLAN_CHANGED,
          plan.targetAuthority(),
          target.description().authority());
    }
    Planning.Ways ways = new Planning.Ways(entry, run.backend(), target, run.rules().policy());
    requirePossible(ways);
    requireAsTold(
        ways, Planning.changes(plan.way(), run.backend(), target, entry, run.rules().policy()));
    run.version(plan.version());
    return entry;
  }

  private MigrationPlan plan() {
    return proposal.plan();
  }

  void requireApproved(OperationRun run) {
    Approvals.require(proposal, plan().environment(), run);
  }

  private void requireAsPlanned(KeyReading entry, CachedKey slot) {
    KeyVersion version = entry.requireVersion(plan().version());
    if (!version.publicKey().equals(Optional.of(plan().publicKey()))) {
      throw Texts.PLANNED_KEY_REPLACED.as(
          ErrorCode.MIGRATION_PLAN_CHANGED, version.id(), slot.name());
    }
    if (version.state() == KeyState.ACTIVE) {
      return;
    }
    if (entry.snapshot().active().isPresent()) {
      throw Texts.ROTATED_AFTER_PLAN.as(
          ErrorCode.MIGRATION_PLAN_OUTDATED,
          version.id(),
          slot.name(),
          version.state(),
          entry.requireActive().id());
    }
    if (version.state() != KeyState.VERIFY_ONLY) {
      throw Texts.CANNOT_SIGN_FOR_SUCCESSOR.as(
          ErrorCode.KEY_NOT_ACTIVE, version.id(), slot.name(), version.state());
    }
    throw Texts.PLAN_CARRIED_OUT.as(
        ErrorCode.APPROVAL_USED, plan().hash(), version.id(), slot.name(), version.state());
  }

  private void requirePossible(Planning.Ways ways) {
    Optional<String> obstacle =
        plan().way().isPresent()
            ? Optional.ofNullable(ways.obstacles().get(plan().way().get()))
            : Optional.of(Texts.PLAN_WITHOUT_WAY.with());
    if (obstacle.isPresent()) {
      throw Texts.NOT_MIGRATABLE.as(
          ErrorCode.UNSUPPORTED_OPERATION, plan().key().name(), plan().target(), obstacle.get());
    }
  }

  /** What approvers have read of the plan is what is found here. */
  private void requireAsTold(Planning.Ways ways, Map<Aspect, String> changes) {
    if (!plan().obstacles().equals(ways.obstacles()) || !plan().changes().equals(changes)) {
      throw Texts.PLAN_TOLD_OTHERWISE.as(ErrorCode.MIGRATION_PLAN_CHANGED);
    }
  }

  @Override
  public MigrationRecord carryOut(KeyReading entry, OperationRun run) {
    MigrationPlan plan = plan();
    StatementKey statements = StatementKey.of(run);
    // Before there is a key that no record would name.
    statements.publicKey();
    KeyDirectory.Found created =
        plan.way().equals(Optional.of(MigrationWay.IMPORT))
            ? run.operations()
                .under(plan.hash(), run.caller())
                .named(plan.key().name())
                .run(new ImportOperation(plan, run.slot()))
            : created(plan, entry, run);
    KeyVersion next = created.entry().requireActive();
    PublicKeyInfo nextKey = next.publicKey().orElseThrow();
    Instant at = run.time().now();
    Message message =
        MigrationRecord.messageOf(plan, created.entry().handle(), next.id(), nextKey, at);
    MigrationRecord record =
        new MigrationRecord(
            proposal,
            created.entry().handle(),
            next.id(),
            nextKey,
            at,
            signed(run.slot(), entry.requireActive(), message, run),
            signed(created.slot(), next, message, run),
            statements.sign(
                message,
                run.caller(),
                Map.of(
                    "statement", StatementText.Kind.MIGRATION.toString(),
                    "of", plan.key().toString(),
                    "to", created.entry().handle().toString())));
    record.requireValid(Optional.empty(), Set.of());
    run.details(details(record));
    keep.accept(record);
    recordMove(entry, record.to(), run);
    KeyInfo retired =
        run.another(run.slot()).run(new ChangeStateOperation(plan.version(), Change.RETIRE));
    requireNoneActive(retired);
    return record;
  }

  private static KeyDirectory.Found created(
      MigrationPlan plan, KeyReading entry, OperationRun run) {
    KeySpec<?> spec =
        KeySpec.named(plan.key().name().value())
            .algorithm(plan.publicKey().algorithm())
            .on(plan.target())
            .operationId(plan.hash());
    // How often an adopted key is due is known where it is managed.
    return new CreateOperation(entry.adopted() ? spec : spec.rotation(entry.rotation()), false)
        .create(run.operations(), run.caller());
  }

  /** Before the old version is retired: afterwards a run that was cut short is not repeated. */
  private void recordMove(KeyReading entry, KeyHandle to, OperationRun run) {
    CachedKey slot = run.slot();
    KeyVersionRef ref = entry.snapshot().ref(entry.requireVersion(plan().version()));
    KeyStateChanger changer = run.backend().capability(KeyStateChanger.class, "retire a version");
    run.change(
            "record where key " + slot.name() + " went", call -> changer.recordMove(ref, to, call))
        .ifPresent(slot::written);
  }

  /** A rotation that came between leaves a version that goes on signing. */
  private static void requireNoneActive(KeyInfo retired) {
    if (retired.active().isPresent()) {
      throw Texts.ROTATED_WHILE_MIGRATED.as(
          ErrorCode.MIGRATION_PLAN_OUTDATED, retired.name(), retired.active().get().id());
    }
  }

  private static Statement signed(
      CachedKey slot, KeyVersion version, Message message, OperationRun run) {
    SignatureValue signature =
        run.another(slot).run(SignOperation.ofStatement(version.id(), message));
    return new Statement(signature.encoding(), signature.bytes());
  }

  private static TreeMap<String, String> details(MigrationRecord record) {
    TreeMap<String, String> details = new TreeMap<>();
    details.put("way", record.proposal().plan().way().orElseThrow().name());
    details.put("from", record.proposal().plan().key().toString());
    details.put("to", record.to().toString());
    details.put("toVersion", record.toVersion().value());
    details.put("toPublicKey", record.toPublicKey().spki().toHex());
    details.put("statementAt", record.at().toString());
    details.put("statementByOld", record.byOld().signature().toHex());
    details.put("statementByNew", record.byNew().signature().toHex());
    details.put("statementKey", record.byEnclave().key().toString());
    details.put("statementByEnclave", record.byEnclave().signature().toHex());
    Approvals.name(record.proposal(), details);
    return details;
  }

  /** A migration without its changes: everything that a run reads, and probes of permissions. */
  static final class Rehearsal {

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
}
