package dev.enclave.core.internal;

import dev.enclave.ErrorCode;
import dev.enclave.HealthReport.Finding;
import dev.enclave.HealthReport.Severity;
import dev.enclave.core.internal.CheckpointKeys.Choice;
import dev.enclave.core.internal.audit.LogSummary;
import dev.enclave.core.internal.redaction.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What can be told of the audit log without opening it.
 *
 * @param lines a sentence each
 * @param findings what is wrong
 */
record AuditLogState(List<String> lines, List<Finding> findings) {

  static AuditLogState of(Surroundings surroundings) {
    Choice choice = new CheckpointKeys(surroundings).choice();
    Optional<Path> directory =
        surroundings.auditSink().isPresent() || AuditLocation.isStandardOutput(surroundings)
            ? Optional.empty()
            : AuditLocation.of(surroundings);
    if (directory.isEmpty()) {
      return new AuditLogState(List.of(), List.of());
    }
    String where = "in " + directory.get();
    String undecided =
        "its checkpoint key is decided at the first start (enclave.audit.checkpoint-key="
            + choice.name().toLowerCase(Locale.ROOT)
            + ")";
    if (!Files.isDirectory(directory.get())) {
      return new AuditLogState(List.of(where + ", not made yet", undecided), List.of());
    }
    try {
      LogSummary found = LogSummary.read(directory.get());
      String key =
          found.held().isPresent()
              ? "its checkpoint key is held by " + found.held().get().place()
              : found.named() ? "its checkpoint key lies beside it, checkpoint.key" : undecided;
      Optional<Finding> shortened =
          found
              .shortenedRetention(AuditLocation.settings(surroundings).retention())
              .map(AuditLocation::shortened);
      return new AuditLogState(
          List.of(where, key, found.coverage(), found.retained()),
          Stream.of(mismatch(choice, found), shortened).flatMap(Optional::stream).toList());
    } catch (IOException e) {
      return new AuditLogState(
          List.of(where + ", not readable: " + ForeignText.said(e)), List.of());
    }
  }

  private static Optional<Finding> mismatch(Choice choice, LogSummary found) {
    boolean differs =
        found.named() && choice == (found.held().isPresent() ? Choice.LOCAL : Choice.BACKEND);
    return differs
        ? Optional.of(
            new Finding(
                Severity.WARNING,
                ErrorCode.CONFIGURATION_INVALID_VALUE,
                "the audit log's checkpoint key is not where enclave.audit.checkpoint-key says, and"
                    + " a log keeps its key",
                "correct the setting, or set enclave.audit.directory to another place"))
        : Optional.empty();
  }
}
