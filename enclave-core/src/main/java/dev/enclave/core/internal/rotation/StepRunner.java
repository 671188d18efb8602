package dev.enclave.core.internal.rotation;

import dev.enclave.KeyInfo;
import dev.enclave.admin.RotationListener;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation;
import dev.enclave.core.internal.lifecycle.ChangeStateOperation.Change;
import dev.enclave.core.internal.lifecycle.PublishOperation;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.core.internal.lifecycle.RotationId;
import dev.enclave.core.internal.operation.OperationRun;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Does one step that is due of one key.
 *
 * @param shared what all of the Enclave share
 * @param slot the key's
 */
record StepRunner(SharedParts shared, CachedKey slot) {

  /** On whose behalf, in the audit log. */
  static final String CALLER = "rotation";

  /**
   * A step that was done.
   *
   * @param key the key afterwards
   * @param news for those who want to be told
   */
  record Done(KeyInfo key, Consumer<RotationListener> news) {}

  Done run(KeyInfo key, DueStep due) {
    return switch (due.act()) {
      case PUBLISH -> publish(key);
      case ROTATE -> rotate(key, due);
      case DISABLE -> end(due, Change.DISABLE, shared.life().verifyFor().orElseThrow());
      case DESTROY -> end(due, Change.DESTROY, shared.life().destroyAfter().orElseThrow());
    };
  }

  private Done publish(KeyInfo key) {
    PublishOperation.Published published =
        OperationRun.under(RotationId.of(key), CALLER, shared)
            .on(slot)
            .run(PublishOperation.publishing());
    return new Done(
        published.key(), listener -> listener.published(published.key(), published.next()));
  }

  private Done rotate(KeyInfo key, DueStep due) {
    String operationId = RotationId.of(key);
    RotationRequest request =
        RotationRequest.ifActive(due.version())
            .reason(RotationReason.SCHEDULED)
            .by(CALLER)
            .operationId(operationId);
    RotationResult result =
        OperationRun.under(operationId, CALLER, shared)
            .on(slot)
            .run(new RotateOperation(request, shared.life().publishAhead(key.purpose())));
    return new Done(result.key(), listener -> listener.rotated(result));
  }

  private Done end(DueStep due, Change change, Duration after) {
    ChangeStateOperation.Due why =
        new ChangeStateOperation.Due(due.active(), due.dueAt().minus(after), after);
    KeyInfo changed =
        OperationRun.by(CALLER, shared)
            .on(slot)
            .run(new ChangeStateOperation(due.version(), change, Optional.of(why)));
    return new Done(
        changed,
        listener ->
            changed
                .version(due.version())
                .ifPresent(version -> listener.retired(changed, version)));
  }
}
