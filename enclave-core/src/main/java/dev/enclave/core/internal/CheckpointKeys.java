package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigurationException;
import dev.enclave.EnclaveException;
import dev.enclave.EnvironmentType;
import dev.enclave.ErrorCategory;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.PolicyException;
import dev.enclave.core.internal.audit.CorruptLogException;
import dev.enclave.core.internal.audit.FileAuditSink;
import dev.enclave.core.internal.config.CheckpointKeyChoice;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.key.CheckpointKeeper;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.spi.BackendProvider;
import java.io.IOException;
import java.util.Optional;

/**
 * Decides which key signs the checkpoints of an audit log: once, when the log is made. A log that
 * has its key keeps it, whatever the configuration says later.
 */
final class CheckpointKeys {

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  private final Surroundings surroundings;
  private final CheckpointKeyChoice choice;

  CheckpointKeys(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.choice =
        surroundings
            .configuration()
            .getEnum(SettingNames.AUDIT_CHECKPOINT_KEY, CheckpointKeyChoice.class)
            .orElse(CheckpointKeyChoice.AUTO);
  }

  CheckpointKeyChoice choice() {
    return choice;
  }

  /** Whether the key of a new log is decided only when the backend is open. */
  boolean later(StartUpPlan plan) {
    return switch (choice) {
      case LOCAL -> false;
      case BACKEND -> true;
      case AUTO ->
          !(plan.answer() instanceof Answer.Chosen chosen)
              || tooWeak(chosen.resolution().chosen()).isEmpty();
    };
  }

  private Optional<String> tooWeak(BackendId id) {
    Optional<Assurance> ceiling =
        surroundings.providers().find(id).map(BackendProvider::assuranceCeiling);
    return ceiling
        .filter(most -> !most.atLeast(CheckpointKeeper.LEAST))
        .map(
            most ->
                "backend "
                    + id
                    + " gives "
                    + most
                    + " assurance at most and a checkpoint key needs "
                    + CheckpointKeeper.LEAST);
  }

  /**
   * Sees that the log has its key, or will have it when the backend answers.
   *
   * @throws EnclaveException when the configuration demands a backend's key and there is none to be
   *     had, or the backend answers with another key than the log's
   */
  void settle(FileAuditSink sink, BackendId backend, CheckpointKeeper keeper) {
    try {
      boolean decided = sink.keyIsLocal() || sink.heldKey().isPresent();
      if (decided) {
        tellMismatch(sink.keyIsLocal());
      } else {
        Optional<String> why = tooWeak(backend).or(keeper::obstacle);
        if (why.isPresent()) {
          refuseIfDemanded(ErrorCode.CONFIGURATION_INVALID_VALUE, why.get());
          sink.keepLocally();
          // Unless another process was faster, and got one of a backend.
          decided = sink.heldKey().isPresent();
          if (!decided) {
            return;
          }
        }
      }
      if (!sink.keyIsLocal()) {
        hold(sink, keeper, decided);
      }
    } catch (CorruptLogException e) {
      throw new IntegrityException(
          ErrorCode.AUDIT_LOG_CORRUPT,
          "The audit log cannot be continued: "
              + e.getMessage()
              + ". Keep it for whoever finds out why, and set enclave.audit.directory to another"
              + " place.");
    } catch (IOException e) {
      throw new PolicyException(
          ErrorCode.AUDIT_UNAVAILABLE,
          "The checkpoint key of the audit log cannot be recorded ("
              + ForeignText.said(e)
              + "). Free the disk or correct the rights of enclave.audit.directory.");
    }
  }

  private void tellMismatch(boolean local) {
    if (choice == (local ? CheckpointKeyChoice.BACKEND : CheckpointKeyChoice.LOCAL)) {
      LOG.log(System.Logger.Level.WARNING, "{0}", mismatch(local));
    }
  }

  /** What to tell of a log whose key is not where new logs have it. */
  static String mismatch(boolean local) {
    return "The checkpoint key of the audit log "
        + (local ? "lies beside it" : "is one of a backend")
        + " and enclave.audit.checkpoint-key asks for another. A log keeps its key: correct the"
        + " setting, or set enclave.audit.directory to another place.";
  }

  private void hold(FileAuditSink sink, CheckpointKeeper keeper, boolean decided)
      throws IOException {
    try {
      sink.keptBy(keeper);
    } catch (EnclaveException e) {
      if (e.category() == ErrorCategory.INTEGRITY || e.code() == ErrorCode.AUDIT_UNAVAILABLE) {
        throw e;
      }
      if (!passing(e) || !decided) {
        refuseIfDemanded(e.code(), e.getMessage());
      }
      // A mistyped name, say, must not decide for ever against the key an operator has made.
      if (!passing(e) && !decided && !keeper.adopts()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The checkpoint key of the audit log lies beside it from now on, since the backend"
                + " gives none ({0}).",
            e.getMessage());
        sink.keepLocally();
      } else {
        LOG.log(
            System.Logger.Level.WARNING,
            "The audit log gets no checkpoints until the backend gives its key ({0}); records are"
                + " written all the same.",
            e.getMessage());
      }
    }
  }

  /** An outage passes; a decision for ever must not hang on it. */
  private static boolean passing(EnclaveException e) {
    return e.retryable()
        || e.category() == ErrorCategory.CONNECTIVITY
        || e.code() == ErrorCode.OUTCOME_UNKNOWN;
  }

  private void refuseIfDemanded(ErrorCode code, String why) {
    if (choice != CheckpointKeyChoice.BACKEND) {
      return;
    }
    EnvironmentType here = surroundings.inference().type();
    if (here == EnvironmentType.PRODUCTION || here == EnvironmentType.STAGING) {
      String message =
          "Setting enclave.audit.checkpoint-key=backend cannot be met: "
              + why
              + (why.endsWith(".") ? "" : ".")
              + " Mend that, or set it to auto before the log is made.";
      throw code == ErrorCode.CONFIGURATION_INVALID_VALUE
          ? new ConfigurationException(code, message)
          : EnclaveException.of(code, message);
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "Setting enclave.audit.checkpoint-key=backend cannot be met: {0}",
        why);
  }
}
