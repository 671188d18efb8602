package dev.enclave.core.internal;

import dev.enclave.auditlog.check.LogSummary;
import dev.enclave.core.internal.config.CountersignChoice;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
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

  static AuditLogState of(StartUpContext context) {
    CountersignChoice choice = Countersignatures.choice(context);
    Optional<Path> directory =
        context.auditSink().isPresent() || AuditLocation.isStandardOutput(context)
            ? Optional.empty()
            : AuditLocation.of(context);
    if (directory.isEmpty()) {
      return new AuditLogState(List.of(), List.of());
    }
    String where = "in " + directory.get();
    if (!Files.isDirectory(directory.get())) {
      return new AuditLogState(List.of(where + ", not made yet"), List.of());
    }
    try {
      LogSummary found = LogSummary.read(directory.get());
      Optional<Finding> shortened =
          found
              .shortenedRetention(AuditLocation.settings(context).retention())
              .map(AuditLocation::shortened);
      return new AuditLogState(
          List.of(
              found.made() ? where : where + ", not made yet",
              signatures(found, choice),
              found.coverage(),
              found.retained()),
          Stream.of(kept(choice, found), shortened).flatMap(Optional::stream).toList());
    } catch (IOException e) {
      return new AuditLogState(
          List.of(where + ", not readable: " + ForeignText.said(e)), List.of());
    }
  }

  private static String signatures(LogSummary found, CountersignChoice choice) {
    return "its checkpoints are signed with its own key, checkpoint.key, "
        + found
            .countersigner()
            .map(named -> "and countersigned by " + named.place())
            .orElse(
                "alone (enclave.audit.countersign=" + choice.name().toLowerCase(Locale.ROOT) + ")");
  }

  private static Optional<Finding> kept(CountersignChoice choice, LogSummary found) {
    return choice == CountersignChoice.OFF && found.countersigner().isPresent()
        ? Optional.of(
            Finding.of(
                Severity.WARNING,
                ErrorCode.CONFIGURATION_INVALID_VALUE,
                "the audit log has named a countersigner and keeps it, and"
                    + " enclave.audit.countersign is off",
                "correct the setting, or set enclave.audit.directory to another place"))
        : Optional.empty();
  }
}
