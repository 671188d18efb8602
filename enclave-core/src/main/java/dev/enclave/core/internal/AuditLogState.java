package dev.enclave.core.internal;

import dev.enclave.auditlog.check.LogSummary;
import dev.enclave.core.internal.config.CountersignChoice;
import dev.enclave.core.internal.texts.Texts;
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
    Path path = directory.get();
    if (!Files.isDirectory(path)) {
      return new AuditLogState(List.of(Texts.LOG_NOT_MADE.with(path)), List.of());
    }
    try {
      LogSummary found = LogSummary.read(path);
      Optional<Finding> shortened =
          found
              .shortenedRetention(AuditLocation.settings(context).retention())
              .map(AuditLocation::shortened);
      return new AuditLogState(
          List.of(
              (found.made() ? Texts.LOG_IN : Texts.LOG_NOT_MADE).with(path),
              signatures(found, choice),
              found.coverage(),
              found.retained()),
          Stream.of(kept(choice, found), shortened).flatMap(Optional::stream).toList());
    } catch (IOException e) {
      return new AuditLogState(
          List.of(Texts.LOG_NOT_READABLE.with(path, ForeignText.said(e))), List.of());
    }
  }

  private static String signatures(LogSummary found, CountersignChoice choice) {
    return found
        .countersigner()
        .map(named -> Texts.LOG_COUNTERSIGNED.with(named.place()))
        .orElse(Texts.LOG_SIGNED_ALONE.with(choice.name().toLowerCase(Locale.ROOT)));
  }

  private static Optional<Finding> kept(CountersignChoice choice, LogSummary found) {
    return choice == CountersignChoice.OFF && found.countersigner().isPresent()
        ? Optional.of(
            Texts.LOG_KEEPS_COUNTERSIGNER.finding(
                Severity.WARNING, ErrorCode.CONFIGURATION_INVALID_VALUE))
        : Optional.empty();
  }
}
