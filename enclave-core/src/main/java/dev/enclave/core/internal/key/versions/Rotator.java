package dev.enclave.core.internal.key.versions;

import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.admin.SuccessionStatement;
import dev.enclave.core.internal.audit.AuditTrail;
import dev.enclave.core.internal.call.BackendCaller.Attempt;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.use.Signer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Replaces the active version: a new one is made, the old one signs a word on it, the new one
 * becomes active if the old one still is. Of several rotators one wins; the others leave nothing.
 */
public final class Rotator {

  private final SharedParts shared;

  public Rotator(SharedParts shared) {
    this.shared = shared;
  }

  /**
   * A rotation that may begin.
   *
   * @param entry the reading it is based on
   * @param active the version to be replaced; with an operation id it may have been already
   * @param rotator the backend
   * @param deadline for all its steps together
   */
  private record Ready(KeyEntry entry, KeyVersion active, KeyRotator rotator, Deadline deadline) {}

  public RotationResult rotate(KeySlot slot, RotationRequest request, String viewCaller) {
    shared.requireOpen();
    String caller = request.caller().orElse(viewCaller);
    CallTrace trace = shared.newTrace();
    AuditTrail.Subject subject = shared.subject(Operation.ROTATE, caller, slot);
    Ready ready;
    try {
      ready = ready(slot, request, trace);
    } catch (RuntimeException e) {
      throw shared.audit().refused(subject, trace, e);
    }
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace, ready.active().id())) {
      RotationResult result;
      try {
        result =
            slot.inTurn(
                ready.deadline(),
                () -> {
                  if (request.operationId().isEmpty()) {
                    requireStillActive(slot, ready, trace);
                  }
                  return replace(slot, ready, request, trace, caller);
                });
      } catch (RuntimeException e) {
        EnclaveException failure = record.failed(e);
        if (trace.outcomeUnknown() || failure.code() == ErrorCode.ROTATION_CONFLICT) {
          slot.distrust();
        }
        throw failure;
      }
      record.succeeded(details(result));
      return result;
    }
  }

  private Ready ready(KeySlot slot, RotationRequest request, CallTrace trace) {
    Deadline deadline = shared.within(SharedParts.CHANGE_WITHIN);
    KeyEntry entry = slot.fresh(trace, deadline).requireUsable();
    StateChanger.requireOurs(entry);
    KeyRotator rotator = slot.backend().capability(KeyRotator.class, "rotate keys");
    Optional<KeyVersionId> expected = request.expectedActive();
    if (request.operationId().isPresent()) {
      // It may have been done already: the backend knows by the operation id.
      return new Ready(entry, entry.requireVersion(expected.orElseThrow()), rotator, deadline);
    }
    KeyVersion active = entry.requireActive();
    if (expected.isPresent() && !expected.get().equals(active.id())) {
      throw conflict(slot, expected.get(), Optional.of(active.id()));
    }
    return new Ready(entry, active, rotator, deadline);
  }

  /** Whoever had the turn before may have replaced it. */
  private static void requireStillActive(KeySlot slot, Ready ready, CallTrace trace) {
    KeyVersion active = slot.current(trace, ready.deadline()).requireActive();
    if (!active.id().equals(ready.active().id())) {
      throw conflict(slot, ready.active().id(), Optional.of(active.id()));
    }
  }

  private RotationResult replace(
      KeySlot slot, Ready ready, RotationRequest asked, CallTrace trace, String caller) {
    KeyVersion old = ready.active();
    RotationReason reason = asked.reason();
    RotateRequest request =
        RotateRequest.of(
            slot.name(),
            old.id(),
            asked.operationId().orElse(trace.operationId()),
            reason.retiredState());
    KeyVersion next =
        call(
            slot,
            ready,
            trace,
            "prepare a new version of",
            slot.settling(),
            c -> ready.rotator().prepare(request, c));
    if (asked.operationId().isPresent()) {
      requireNotGivenUp(slot, next, asked.operationId().get());
    }
    boolean done = asked.operationId().isPresent() && next.state() != KeyState.PENDING;
    requireNew(slot, old, next, done);
    Optional<SuccessionStatement> statement;
    KeySnapshot activated;
    try {
      shared.keyPolicy().requireVersion(slot.name(), next);
      statement = done ? Optional.empty() : statement(slot, ready, next, reason, caller);
      activated =
          call(
              slot,
              ready,
              trace,
              "activate the new version of",
              slot.backend().description().has(BackendTrait.EVENTUALLY_CONSISTENT),
              c -> ready.rotator().activate(request, next.id(), c));
    } catch (EnclaveException e) {
      // A repetition under the same operation id goes on with the version that was prepared.
      boolean repeatable = asked.operationId().isPresent() && e.retryable();
      if (!trace.outcomeUnknown() && !repeatable) {
        abandon(slot, ready, next, caller);
      }
      throw e;
    }
    KeyEntry entry = slot.written(activated);
    KeyVersion active = done ? entry.requireVersion(next.id()) : entry.requireActive();
    if (!active.id().equals(next.id())) {
      throw conflict(slot, old.id(), Optional.of(active.id()));
    }
    if (active.state() == KeyState.ACTIVE) {
      StateChanger.requireRetired(slot, entry, old.id(), reason.retiredState());
    }
    return new EngineRotationResult(
        entry.info(shared.policy()),
        entry.snapshot().version(old.id()).orElse(old),
        active,
        reason,
        statement);
  }

  /** What an earlier attempt prepared may have been given up since. */
  private static void requireNotGivenUp(KeySlot slot, KeyVersion next, String operationId) {
    if (next.state() == KeyState.DESTROYED || next.state() == KeyState.DISABLED) {
      throw new UsageException(
          ErrorCode.ROTATION_CONFLICT,
          "Version "
              + next.id()
              + ", which operation "
              + operationId
              + " made for key "
              + slot.name()
              + ", is "
              + next.state()
              + ". Rotate with another operation id.");
    }
  }

  private static void requireNew(KeySlot slot, KeyVersion old, KeyVersion next, boolean done) {
    boolean usable = done || next.state() == KeyState.PENDING || next.state() == KeyState.ACTIVE;
    if (!usable || next.id().equals(old.id())) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Backend "
              + slot.backend().id()
              + " was asked for a new version of key "
              + slot.name()
              + " and answered with version "
              + next.id()
              + ", which is "
              + next.state()
              + ". Look at the key before you repeat it.");
    }
  }

  private Optional<SuccessionStatement> statement(
      KeySlot slot, Ready ready, KeyVersion next, RotationReason reason, String caller) {
    boolean signs = ready.entry().snapshot().algorithm().purpose() == KeyPurpose.SIGN;
    if (!signs || reason == RotationReason.COMPROMISE || next.publicKey().isEmpty()) {
      return Optional.empty();
    }
    Instant at = shared.time().now();
    SignatureValue signature =
        new Signer(shared)
            .sign(
                slot,
                SuccessionStatement.messageOf(
                    ready.entry().handle(),
                    ready.active().id(),
                    next.id(),
                    next.publicKey().get().fingerprint(),
                    at),
                SignOptions.defaults(),
                caller);
    if (!signature.version().equals(ready.active().id())) {
      throw conflict(slot, ready.active().id(), Optional.of(signature.version()));
    }
    return Optional.of(
        new SuccessionStatement(
            ready.entry().handle(),
            ready.active().id(),
            next.id(),
            next.publicKey().get().fingerprint(),
            at,
            signature));
  }

  private static <T> T call(
      KeySlot slot,
      Ready ready,
      CallTrace trace,
      String what,
      boolean justWritten,
      Attempt<T> attempt) {
    try {
      return slot.backend()
          .caller()
          .call(
              new Plan(
                  what + " key " + slot.name(),
                  trace,
                  ready.deadline().remaining(),
                  true,
                  justWritten),
              attempt);
    } catch (UsageException e) {
      if (e.code() == ErrorCode.ROTATION_CONFLICT) {
        throw conflict(slot, ready.active().id(), Optional.empty());
      }
      throw e;
    }
  }

  /** Best effort: a pending version that nobody will activate is only litter. */
  private void abandon(KeySlot slot, Ready ready, KeyVersion next, String caller) {
    Optional<KeyStateChanger> changer = slot.backend().find(KeyStateChanger.class);
    if (next.state() == KeyState.PENDING && changer.isPresent()) {
      try {
        discard(slot, ready, next, changer.get(), caller);
      } catch (EnclaveException litter) {
        System.getLogger("dev.enclave")
            .log(
                System.Logger.Level.WARNING,
                "Pending version {0} of key {1} is left over: {2}",
                next.id(),
                slot.name(),
                litter.getMessage());
      }
    }
  }

  private void discard(
      KeySlot slot, Ready ready, KeyVersion next, KeyStateChanger changer, String caller) {
    CallTrace trace = shared.newTrace();
    AuditTrail.Subject subject = shared.subject(Operation.CHANGE_STATE, caller, slot);
    Plan plan =
        new Plan(
            "discard a version of key " + slot.name(), trace, SharedParts.SIGN_WITHIN, true, false);
    try (AuditTrail.Entry record = shared.audit().begin(subject, trace, next.id())) {
      boolean discarded;
      try {
        discarded =
            slot.backend().caller().call(plan, c -> discarded(slot, ready, next, changer, c));
      } catch (RuntimeException e) {
        throw record.failed(e);
      }
      record.succeeded(
          discarded
              ? Map.of("from", KeyState.PENDING.name(), "to", KeyState.DESTROYED.name())
              : Map.of());
    }
  }

  private static boolean discarded(
      KeySlot slot, Ready ready, KeyVersion next, KeyStateChanger changer, CallContext call)
      throws BackendFailure {
    if (!stillPending(slot, next, call)) {
      return false;
    }
    changer.changeState(ready.entry().snapshot().ref(next), KeyState.DESTROYED, call);
    return true;
  }

  /** An activation whose answer was lost may have been carried out after all. */
  private static boolean stillPending(KeySlot slot, KeyVersion next, CallContext call)
      throws BackendFailure {
    return slot.backend()
        .backend()
        .load(slot.name(), call)
        .version(next.id())
        .filter(v -> v.state() == KeyState.PENDING)
        .isPresent();
  }

  private static UsageException conflict(
      KeySlot slot, KeyVersionId expected, Optional<KeyVersionId> active) {
    return new UsageException(
        ErrorCode.ROTATION_CONFLICT,
        "Key "
            + slot.name()
            + " was not rotated: version "
            + expected
            + " was expected to be active and "
            + active.map(id -> "version " + id + " is").orElse("another is")
            + ". Somebody else rotated it; look at it before you rotate again.");
  }

  private static Map<String, String> details(RotationResult result) {
    Map<String, String> details = new TreeMap<>();
    details.put("reason", result.reason().name());
    details.put("next", result.active().id().value());
    details.put("previousState", result.previous().state().name());
    result
        .statement()
        .ifPresent(
            s -> {
              details.put("statementAt", s.at().toString());
              details.put("statementSignature", s.signature().bytes().toHex());
            });
    return details;
  }
}
