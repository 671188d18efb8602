package dev.enclave.core.internal;

import dev.enclave.auditlog.check.DirectoryAuditLog;
import dev.enclave.auditlog.file.AuditLogSettings;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.environment.SystemTime;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the audit log lies: as configured; in DEVELOPMENT and LOCAL else in the user's home. */
final class AuditLocation {

  private AuditLocation() {}

  static Optional<Path> of(StartUpContext context) {
    Optional<Path> configured =
        context
            .configuration()
            .get(Settings.AUDIT_DIRECTORY.name(), Texts.A_DIRECTORY.with(), AuditLocation::path);
    if (configured.isPresent() || context.inference().type().isStrict()) {
      return configured;
    }
    return context
        .environment()
        .property("user.home")
        .map(home -> Path.of(home, ".enclave", "audit"));
  }

  /** The log to be looked after. */
  static DirectoryAuditLog.Place place(StartUpContext context) {
    Path directory =
        of(context).orElseThrow(() -> Texts.NO_LOG.as(ErrorCode.CONFIGURATION_MISSING));
    return new DirectoryAuditLog.Place(directory, settings(context));
  }

  /** What a log is opened with. */
  static AuditLogSettings settings(StartUpContext context) {
    return new AuditLogSettings(
        context.time(),
        new SystemTime(),
        context.random(),
        AuditLogSettings.SEGMENT_BYTES,
        context.configuration().find(Settings.AUDIT_RETENTION));
  }

  /** Whether records go to standard output. */
  static boolean isStandardOutput(StartUpContext context) {
    return context.configuration().get(Settings.AUDIT_SINK).standardOutput();
  }

  /** That records last only as long as somebody keeps them, if so. */
  static Optional<Finding> ephemeral(StartUpContext context) {
    try {
      return context.auditSink().isEmpty() && isStandardOutput(context)
          ? Optional.of(Texts.LOG_EPHEMERAL.warning(ErrorCode.AUDIT_UNAVAILABLE))
          : Optional.empty();
    } catch (ConfigurationException e) {
      return Optional.empty(); // The plan tells of a wrong value.
    }
  }

  /** That records are removed sooner than the log's checkpoints have stated. */
  static Finding shortened(String change) {
    return Texts.LOG_SHORTENED.warning(ErrorCode.CONFIGURATION_INVALID_VALUE, change);
  }

  private static Path path(String text) {
    if (text.isBlank()) {
      throw new InvalidPathException(text, "blank");
    }
    return Path.of(text).toAbsolutePath().normalize();
  }
}
