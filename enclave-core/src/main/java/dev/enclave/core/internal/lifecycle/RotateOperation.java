package dev.enclave.core.internal.lifecycle;

import dev.enclave.Fingerprint;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.call.RetryingCaller.Attempt;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.StatementText;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The active version is replaced: a new one is made, or was published before, the old one signs a
 * word on it, the new one becomes active if the old one still is. Of several rotations one wins,
 * which {@link dev.enclave.spi.backend.KeyRotator#activate} decides; the others leave nothing, save
 * under an operation id that others may go on with.
 *
 * @param publishedFor how long ago the new version was made at least, so that verifiers know it;
 *     zero where that does not matter
 */
public record RotateOperation(RotationRequest request, Duration publishedFor)
    implements KeyOperation<RotateOperation.Prepared, RotationResult> {

  /** A rotation at once. */
  public RotateOperation(RotationRequest request) {
    this(request, Duration.ZERO);
  }

  /**
   * A rotation that may begin.
   *
   * @param active the version to be replaced; with an operation id it may have been already
   * @param operationId of a rotation that goes on with what others began
   */
  public record Prepared(
      KeyReading entry, KeyVersion active, KeyRotator rotator, Optional<String> operationId) {}

  @Override
  public Operation kind() {
    return Operation.ROTATE;
  }

  @Override
  public boolean secret() {
    return false;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    KeyReading entry = run.ours();
    KeyRotator rotator = run.backend().capability(KeyRotator.class, "rotate keys");
    KeyVersion active = toReplace(run.slot(), entry);
    run.version(active.id());
    Optional<String> operationId =
        request.operationId().isPresent()
            ? request.operationId()
            : published(entry, active, rotator, run);
    return new Prepared(entry, active, rotator, operationId);
  }

  /**
   * The operation of a version that is published, which is taken, since verifiers know it; not
   * after a compromise, since whoever has the old one's private key may have that one's as well.
   * What is pending may also be another one's, who rotates at this moment.
   */
  private Optional<String> published(
      KeyReading entry, KeyVersion active, KeyRotator rotator, OperationRun run) {
    if (request.reason() == RotationReason.COMPROMISE || entry.pending().isEmpty()) {
      return Optional.empty();
    }
    String operationId = RotationId.of(entry.info(run.rules().life()));
    RotateRequest published = step(entry.snapshot().name(), active, operationId);
    return run.ask(
            "look for a published version of key " + published.name(),
            call -> rotator.prepared(published, call))
        .filter(version -> version.state() == KeyState.PENDING)
        .map(version -> operationId);
  }

  private RotateRequest step(KeyName name, KeyVersion old, String operationId) {
    return RotateRequest.of(name, old.id(), operationId, request.reason().retiredState());
  }

  private KeyVersion toReplace(CachedKey slot, KeyReading entry) {
    Optional<KeyVersionId> expected = request.expectedActive();
    if (request.operationId().isPresent()) {
      // It may have been done already: the backend knows by the operation id.
      return entry.requireVersion(expected.orElseThrow());
    }
    KeyVersion active = entry.requireActive();
    if (expected.isPresent() && !expected.get().equals(active.id())) {
      throw conflict(slot, expected.get(), Optional.of(active.id()));
    }
    return active;
  }

  @Override
  public RotationResult carryOut(Prepared prepared, OperationRun run) {
    RotationResult result =
        run.slot()
            .inTurn(
                run.deadline(),
                () -> {
                  if (prepared.operationId().isEmpty()) {
                    requireStillActive(prepared, run);
                  }
                  return replace(prepared, run);
                });
    run.details(details(result, run.backend()));
    return result;
  }

  /** Whoever had the turn before may have replaced it. */
  private static void requireStillActive(Prepared prepared, OperationRun run) {
    KeyVersion active = run.slot().current(run.trace(), run.deadline()).requireActive();
    if (!active.id().equals(prepared.active().id())) {
      throw conflict(run.slot(), prepared.active().id(), Optional.of(active.id()));
    }
  }

  private RotationResult replace(Prepared prepared, OperationRun run) {
    CachedKey slot = run.slot();
    KeyVersion old = prepared.active();
    RotationReason reason = request.reason();
    Succession succession = new Succession(prepared.entry(), old, reason);
    // Before there is a version that nobody would activate.
    succession.requirePossible(run);
    RotateRequest step =
        step(slot.name(), old, prepared.operationId().orElse(run.trace().operationId()));
    KeyVersion next =
        change(
            run,
            old.id(),
            "prepare a new version of key " + slot.name(),
            slot.settling(),
            call -> prepared.rotator().prepare(step, call));
    if (prepared.operationId().isPresent()) {
      requireNotGivenUp(slot, next, prepared.operationId().get());
    }
    boolean done = prepared.operationId().isPresent() && next.state() != KeyState.PENDING;
    requireNew(slot, old, next, done);
    requirePublished(slot, next, run);
    Optional<SuccessionStatement> statement;
    KeySnapshot activated;
    try {
      run.rules().keyPolicy().requireVersion(slot.backend().id(), slot.name(), next);
      KeyReading.requirePublicKey(slot.name(), next);
      statement = done ? Optional.empty() : succession.statement(next, run);
      activated =
          change(
              run,
              old.id(),
              "activate the new version of key " + slot.name(),
              slot.backend().description().has(BackendTrait.EVENTUALLY_CONSISTENT),
              call -> prepared.rotator().activate(step, next.id(), call));
    } catch (EnclaveException e) {
      // A repetition under the same operation id goes on with the version that was prepared. After
      // a conflict it may be active already, by a repetition that runs elsewhere at this moment.
      boolean repeatable =
          prepared.operationId().isPresent()
              && (e.retryable() || e.code() == ErrorCode.ROTATION_CONFLICT);
      if (!run.trace().outcomeUnknown() && !repeatable) {
        abandon(prepared.entry(), next, run);
      }
      throw e;
    }
    KeyReading entry = slot.written(activated);
    KeyVersion active = done ? entry.requireVersion(next.id()) : entry.requireActive();
    if (!active.id().equals(next.id())) {
      throw conflict(slot, old.id(), Optional.of(active.id()));
    }
    if (active.state() == KeyState.ACTIVE) {
      entry.requireRetired(old.id(), reason.retiredState());
    }
    if (reason == RotationReason.COMPROMISE) {
      prepared.entry().pending().stream()
          .filter(published -> !published.id().equals(next.id()))
          .forEach(published -> abandon(prepared.entry(), published, run));
    }
    return new RotationResult(
        entry.info(run.rules().life()),
        entry.snapshot().version(old.id()).orElse(old),
        active,
        reason,
        statement);
  }

  /** The version that was published may be another one's, or gone, and this one new. */
  private void requirePublished(CachedKey slot, KeyVersion next, OperationRun run) {
    if (publishedFor.isZero()) {
      // Nobody waits for the new version, and the backend's clock may be ahead of this one.
      return;
    }
    Instant knownAt = next.createdAt().plus(publishedFor);
    if (next.state() == KeyState.PENDING && knownAt.isAfter(run.time().now())) {
      throw Texts.PUBLISHED_VERSION_WAITS.as(
          ErrorCode.ROTATION_CONFLICT, next.id(), slot.name(), next.createdAt(), knownAt);
    }
  }

  /** What an earlier attempt prepared may have been given up since. */
  static void requireNotGivenUp(CachedKey slot, KeyVersion next, String operationId) {
    if (next.state() == KeyState.DESTROYED || next.state() == KeyState.DISABLED) {
      throw Texts.VERSION_GIVEN_UP.as(
          ErrorCode.ROTATION_CONFLICT, next.id(), operationId, slot.name(), next.state());
    }
  }

  static void requireNew(CachedKey slot, KeyVersion old, KeyVersion next, boolean done) {
    boolean usable = done || next.state() == KeyState.PENDING || next.state() == KeyState.ACTIVE;
    if (!usable || next.id().equals(old.id())) {
      throw Texts.NO_NEW_VERSION.as(
          ErrorCode.WRONG_ANSWER, slot.backend().id(), slot.name(), next.id(), next.state());
    }
  }

  /** Asks the backend, of whose answers a conflict tells that {@code expected} is not active. */
  public static <T> T change(
      OperationRun run,
      KeyVersionId expected,
      String toDo,
      boolean justWritten,
      Attempt<T> attempt) {
    try {
      return run.change(toDo, justWritten, attempt);
    } catch (UsageException e) {
      if (e.code() == ErrorCode.ROTATION_CONFLICT) {
        throw conflict(run.slot(), expected, Optional.empty());
      }
      throw e;
    }
  }

  /** Best effort: a pending version that nobody will activate is only litter. */
  static void abandon(KeyReading entry, KeyVersion next, OperationRun run) {
    Optional<KeyStateChanger> changer = run.backend().find(KeyStateChanger.class);
    if (next.state() == KeyState.PENDING && changer.isPresent()) {
      try {
        run.another(run.slot()).run(dropping(entry.snapshot().ref(next), changer.get()));
      } catch (EnclaveException litter) {
        System.getLogger("dev.enclave")
            .log(
                System.Logger.Level.WARNING,
                Texts.PENDING_LEFT_OVER.with(next.id(), run.slot().name(), litter.getMessage()));
      }
    }
  }

  private static KeyOperation<?, Boolean> dropping(KeyVersionRef pending, KeyStateChanger changer) {
    return KeyOperation.of(
        Operation.CHANGE_STATE,
        RetryingCaller.SIGN_WITHIN,
        run -> {
          run.version(pending.version());
          return pending;
        },
        (version, run) -> {
          boolean dropped =
              run.change(
                  "discard a version of key " + pending.name(),
                  call -> {
                    KeySnapshot now = run.backend().backend().load(pending.name(), call);
                    boolean waiting = isPending(now, pending);
                    if (waiting) {
                      changer.changeState(pending, KeyState.DESTROYED, call);
                    }
                    return waiting;
                  });
          if (dropped) {
            run.details(Map.of("from", KeyState.PENDING.name(), "to", KeyState.DESTROYED.name()));
          }
          return dropped;
        });
  }

  /** An activation whose answer was lost may have been carried out after all. */
  private static boolean isPending(KeySnapshot key, KeyVersionRef version) {
    return key.version(version.version()).filter(v -> v.state() == KeyState.PENDING).isPresent();
  }

  static EnclaveException conflict(
      CachedKey slot, KeyVersionId expected, Optional<KeyVersionId> active) {
    return active
        .map(
            id ->
                Texts.ROTATED_MEANWHILE.as(ErrorCode.ROTATION_CONFLICT, slot.name(), expected, id))
        .orElseGet(
            () -> Texts.REPLACED_MEANWHILE.as(ErrorCode.ROTATION_CONFLICT, slot.name(), expected));
  }

  private static Map<String, String> details(RotationResult result, OpenBackend backend) {
    Map<String, String> details = new TreeMap<>();
    details.put("reason", result.reason().name());
    details.put("next", result.active().id().value());
    details.put("previousState", result.previous().state().name());
    RecordedKey.put(details, "nextPublicKey", result.active().publicKey(), backend);
    if (result.previous().state() == KeyState.DISABLED && RecordedKey.forgotten(backend)) {
      RecordedKey.put(details, "publicKey", result.previous().publicKey(), backend);
    }
    result
        .statement()
        .ifPresent(
            s -> {
              details.put("statementAt", s.at().toString());
              details.put("statementSignature", s.signature().bytes().toHex());
              details.put("statementKey", s.byEnclave().key().toString());
              details.put("statementByEnclave", s.byEnclave().signature().toHex());
            });
    return details;
  }

  /** What the old version and the statement key state of the new one. */
  private record Succession(KeyReading entry, KeyVersion old, RotationReason reason) {

    /** That there is a statement key, where something is to be stated. */
    void requirePossible(OperationRun run) {
      if (states()) {
        statements(run).publicKey();
      }
    }

    private static StatementKey statements(OperationRun run) {
      return StatementKey.of(run);
    }

    /** Not what wraps, not after a compromise, and nothing that nobody could verify. */
    private boolean states() {
      return entry.snapshot().algorithm().purpose() == KeyPurpose.SIGN
          && reason != RotationReason.COMPROMISE
          && old.publicKeyFault().isEmpty();
    }

    Optional<SuccessionStatement> statement(KeyVersion next, OperationRun run) {
      if (!states() || next.publicKey().isEmpty()) {
        return Optional.empty();
      }
      Instant at = run.time().now();
      Fingerprint fingerprint = next.publicKey().get().fingerprint();
      Message text =
          SuccessionStatement.messageOf(entry.handle(), old.id(), next.id(), fingerprint, at);
      StatementSignature byEnclave =
          statements(run)
              .sign(
                  text,
                  run.caller(),
                  Map.of(
                      "statement", StatementText.Kind.SUCCESSION.toString(),
                      "of", entry.handle().toString(),
                      "from", old.id().value(),
                      "to", next.id().value()));
      return Optional.of(
          new SuccessionStatement(
              entry.handle(), old.id(), next.id(), fingerprint, at, signed(text, run), byEnclave));
    }

    private SignatureValue signed(Message text, OperationRun run) {
      try {
        return run.another(run.slot()).run(SignOperation.ofStatement(old.id(), text));
      } catch (UsageException e) {
        if (e.code() != ErrorCode.KEY_NOT_ACTIVE) {
          throw e;
        }
        Optional<KeyVersionId> active =
            run.slot().newest().flatMap(found -> found.snapshot().active()).map(KeyVersion::id);
        throw conflict(run.slot(), old.id(), active);
      }
    }
  }
}
