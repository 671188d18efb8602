package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.auditlog.checkpoint.Countersigner;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.core.internal.config.CountersignChoice;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.CheckpointCountersigner;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.backend.BackendProvider;
import java.io.IOException;
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
        .map(
            most ->
                "backend "
                    + id
                    + " gives "
                    + most
                    + " assurance at most and a countersignature needs "
                    + CheckpointCountersigner.LEAST);
  }

  /**
   * Has the log countersigned, now or when the backend answers, where that is wanted and possible.
   *
   * @throws EnclaveException when the configuration requires it and it is not to be had, or the
   *     backend answers with another key than the log's
   */
  @Override
  public void open(SharedParts engine) {
    log.files()
        .ifPresent(
            files ->
                settle(files, engine.resolution().chosen(), new CheckpointCountersigner(engine)));
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
      throw new IntegrityException(
          ErrorCode.AUDIT_LOG_CORRUPT,
          "The audit log cannot be continued: " + e.getMessage() + ".",
          "Keep it for whoever finds out why, and set enclave.audit.directory to another"
              + " place.");
    } catch (IOException e) {
      throw new PolicyException(
          ErrorCode.AUDIT_UNAVAILABLE,
          "The countersigner of the audit log cannot be recorded (" + ForeignText.said(e) + ").",
          "Free the disk or correct the rights of enclave.audit.directory.");
    }
  }

  private void resume(FileAuditSink sink, CheckpointCountersigner countersigner)
      throws IOException {
    if (choice() == CountersignChoice.OFF) {
      LOG.log(System.Logger.Level.WARNING, "{0}", keptThoughOff());
    }
    sink.countersignedBy(countersigner);
    try {
      sink.settleCountersigner();
    } catch (EnclaveException e) {
      stopIfChanged(e);
      if (!passing(e)) {
        refuseIfRequired(e.code(), e.getMessage());
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "The audit log gets no checkpoints until the backend countersigns them ({0}); records are"
              + " written all the same.",
          e.getMessage());
    }
  }

  /** What to tell of a log that has a countersigner against the configuration. */
  static String keptThoughOff() {
    return "The audit log has named a countersigner and keeps it, and enclave.audit.countersign is"
        + " off. Correct the setting, or set enclave.audit.directory to another place.";
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
          System.Logger.Level.WARNING,
          "The checkpoints of the audit log are signed with its own key alone {0} ({1}).",
          askedAgain ? "until the backend answers" : "until the next start",
          e.getMessage());
    }
  }

  /** Somebody who has the log's own key could have made it anew without its countersigner. */
  private static void announce(FileAuditSink sink, long before) throws IOException {
    String place = sink.countersigner().map(Countersigner::place).orElse("nobody");
    if (before == 0 && !sink.foundUnsigned()) {
      LOG.log(
          System.Logger.Level.INFO,
          "The checkpoints of the audit log are countersigned by {0}.",
          place);
    } else {
      LOG.log(
          System.Logger.Level.WARNING,
          "The checkpoints of the audit log are countersigned from now on by {0}; {1}. If the log"
              + " was countersigned before, somebody has replaced it: verify it against a"
              + " checkpoint that was kept elsewhere.",
          place,
          before == 0
              ? "there were records and no checkpoint before"
              : before + " before have the signature of its own key alone");
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
      String message =
          "Setting enclave.audit.countersign=required cannot be met: "
              + why
              + (why.endsWith(".") ? "" : ".")
              + " Mend that, or set it to auto.";
      throw code == ErrorCode.CONFIGURATION_INVALID_VALUE
          ? new ConfigurationException(code, message)
          : EnclaveException.of(code, message);
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "Setting enclave.audit.countersign=required cannot be met: {0}",
        why);
  }
}
