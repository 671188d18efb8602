package dev.enclave.cli.audit;

import dev.enclave.audit.AuditRecord;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.internal.Quoted;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which records are meant; the options of several commands. */
final class RecordFilter {

  @Option(names = "--key", paramLabel = "NAME", description = "Only records of this key.")
  private @Nullable String key;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only from then on: 2026-01-31 or 2026-01-31T12:00:00Z, in UTC.")
  private @Nullable String since;

  Predicate<AuditRecord> predicate() {
    @Nullable String name = key;
    Instant first = since == null ? Instant.MIN : parse(since);
    return record ->
        (name == null || name.equals(record.member("key"))) && !at(record).isBefore(first);
  }

  private static Instant at(AuditRecord record) {
    try {
      return record.at();
    } catch (IntegrityException e) {
      // A record without a time is shown rather than hidden.
      return Instant.MAX;
    }
  }

  private static Instant parse(String typed) {
    try {
      return typed.contains("T")
          ? Instant.parse(typed)
          : LocalDate.parse(typed).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw Texts.SINCE_NO_TIME.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(typed));
    }
  }
}
