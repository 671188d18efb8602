package dev.enclave.core.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.config.SettingNames;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the audit log lies: as configured; in DEVELOPMENT and LOCAL else in the user's home. */
final class AuditLocation {

  private AuditLocation() {}

  static Optional<Path> of(Surroundings surroundings) {
    Optional<Path> configured =
        surroundings
            .configuration()
            .get(SettingNames.AUDIT_DIRECTORY, "a directory", AuditLocation::path);
    if (configured.isPresent() || strict(surroundings.inference().type())) {
      return configured;
    }
    return surroundings
        .environment()
        .property("user.home")
        .map(home -> Path.of(home, ".enclave", "audit"));
  }

  /** Whether records go to standard output. */
  static boolean isStandardOutput(Surroundings surroundings) {
    return surroundings
        .configuration()
        .getEnum(SettingNames.AUDIT_SINK, Sink.class)
        .filter(sink -> sink == Sink.STDOUT)
        .isPresent();
  }

  /** What {@code enclave.audit.sink} may say. */
  private enum Sink {
    FILE,
    STDOUT
  }

  private static boolean strict(EnvironmentType type) {
    return type == EnvironmentType.PRODUCTION || type == EnvironmentType.STAGING;
  }

  private static Path path(String text) {
    if (text.isBlank()) {
      throw new InvalidPathException(text, "blank");
    }
    return Path.of(text).toAbsolutePath().normalize();
  }
}
