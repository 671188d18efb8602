package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.auditlog.checkpoint.Countersigner;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.config.Settings.CountersignChoice;
import dev.enclave.core.internal.lifecycle.CheckpointCountersigner;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.backend.BackendProvider;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Decides whether a key of the backend signs the checkpoints of an audit log beside the log's own.
 * A log that has named such a key keeps it, whatever the configuration says later.
 */
record Countersignatures(StartUpContext context, AuditLogFeature log) implements Feature {

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  /** What is configured. */
  static CountersignChoice choice(StartUpContext context) {
    return context.configuration().get(Settings.AUDIT_COUNTERSIGN);
  }

  private CountersignChoice choice() {
    return choice(context);
  }

  /** Whether the backend may countersign for a log that names no countersigner yet. */
  boolean wanted(StartUpPlan plan) {
    return switch (choice()) {
      case OFF -> false;
      case REQUIRED -> true;
      case AUTO ->
          !(plan.answer() instanceof Answer.Chosen chosen)
              || tooWeak(chosen.resolution().chosen(), Optional.empty()).isEmpty();
    };
  }

  /**
   * @param opened what the backend gives at most as it was opened; none before, or if it does not
   *     say
   */
  private Optional<String> tooWeak(BackendId id, Optional<Assurance> opened) {
    return opened
        .or(() -> context.providers().find(id).map(BackendProvider::assuranceCeiling))
        .filter(most -> !most.atLeast(CheckpointCountersigner.LEAST))
        .map(most -> Texts.COUNTERSIGNER_TOO_WEAK.with(id, most, CheckpointCountersigner.LEAST));
  }

  /**
   * Has the log countersigned, now or when the backend answers, where that is wanted and possible.
   *
   * @throws EnclaveException when the configuration requires it and it is not to be had, or the
   *     backend answers with another key than the log's
   */
  @Override
  public void open(Engine engine) {
    log.files()
        .ifPresent(
            files ->
                settle(
                    files,
                    engine.resolution().chosen(),
                    new CheckpointCountersigner(
                        engine.operations(), engine.keys(), engine.policy())));
  }

  private void settle(
      FileAuditSink sink, BackendId backend, CheckpointCountersigner countersigner) {
    try {
      if (sink.countersigner().isPresent()) {
        resume(sink, countersigner);
      } else if (choice() != CountersignChoice.OFF) {
        begin(sink, backend, countersigner);
      } else {
        sink.countersignedIfNamedBy(countersigner);
      }
    } catch (CorruptLogException e) {
      throw Texts.LOG_CORRUPT.as(ErrorCode.AUDIT_LOG_CORRUPT, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Texts.COUNTERSIGNER_UNRECORDED.as(ErrorCode.AUDIT_UNAVAILABLE, ForeignText.said(e));
    }
  }

  private void resume(FileAuditSink sink, CheckpointCountersigner countersigner)
      throws IOException {
    if (choice() == CountersignChoice.OFF) {
      LOG.log(Level.WARNING, Texts.COUNTERSIGNER_KEPT.with());
    }
    sink.countersignedBy(countersigner);
    try {
      sink.settleCountersigner();
    } catch (EnclaveException e) {
      stopIfChanged(e);
      if (!passing(e)) {
        refuseIfRequired(e.code(), e.getMessage());
      }
      LOG.log(Level.WARNING, Texts.COUNTERSIGNER_AWAITED.with(e.getMessage()));
    }
  }

  private void begin(FileAuditSink sink, BackendId backend, CheckpointCountersigner countersigner)
      throws IOException {
    Optional<String> obstacle =
        tooWeak(backend, countersigner.ceiling()).or(countersigner::obstacle);
    if (obstacle.isPresent()) {
      refuseIfRequired(ErrorCode.CONFIGURATION_INVALID_VALUE, obstacle.get());
      sink.countersignedIfNamedBy(countersigner);
      return;
    }
    sink.countersignedBy(countersigner);
    long before = sink.checkpointCount();
    try {
      sink.settleCountersigner();
      announce(sink, before);
    } catch (EnclaveException e) {
      stopIfChanged(e);
      refuseIfRequired(e.code(), e.getMessage());
      boolean askedAgain = passing(e);
      if (!askedAgain) {
        sink.nameNoCountersigner();
      }
      LOG.log(
          Level.WARNING,
          (askedAgain ? Texts.ALONE_UNTIL_ANSWERED : Texts.ALONE_UNTIL_NEXT_START)
              .with(e.getMessage()));
    }
  }

  /** Somebody who has the log's own key could have made it anew without its countersigner. */
  private static void announce(FileAuditSink sink, long before) throws IOException {
    String place = sink.countersigner().map(Countersigner::place).orElse("nobody");
    if (before == 0 && !sink.foundUnsigned()) {
      LOG.log(Level.INFO, Texts.COUNTERSIGNED.with(place));
    } else {
      LOG.log(
          Level.WARNING,
          Texts.COUNTERSIGNED_FROM_NOW_ON.with(
              place,
              before == 0 ? Texts.RECORDS_BEFORE.with() : Texts.CHECKPOINTS_BEFORE.with(before)));
    }
  }

  private static void stopIfChanged(EnclaveException e) {
    if (e.code() == ErrorCode.KEY_IDENTITY_CHANGED
        || e.code() == ErrorCode.AUDIT_LOG_CORRUPT
        || e.code() == ErrorCode.AUDIT_UNAVAILABLE) {
      throw e;
    }
  }

  /** An outage passes by itself. */
  private static boolean passing(EnclaveException e) {
    return e.retryable()
        || e.category() == ErrorCategory.CONNECTIVITY
        || e.code() == ErrorCode.OUTCOME_UNKNOWN;
  }

  private void refuseIfRequired(ErrorCode code, String why) {
    if (choice() != CountersignChoice.REQUIRED) {
      return;
    }
    EnvironmentType here = context.inference().type();
    if (here.isStrict()) {
      throw Texts.COUNTERSIGNATURE_REQUIRED.as(code, Findings.withoutStop(why));
    }
    LOG.log(Level.WARNING, Texts.COUNTERSIGNATURE_MISSING.with(why));
  }
}
