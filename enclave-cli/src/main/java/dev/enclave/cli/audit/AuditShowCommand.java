package dev.enclave.cli.audit;

import dev.enclave.audit.AuditReader;
import dev.enclave.audit.AuditRecord;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code enclave audit show}. */
@Command(
    name = "show",
    sortOptions = false,
    description = {"Show the audit log, a record a line.", "Showing verifies nothing."})
public final class AuditShowCommand implements Callable<Integer> {

  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Session session;

  @Mixin private final RecordFilter filter = new RecordFilter();

  @Option(
      names = "--follow",
      description = "Go on with records as they are written, until interrupted.")
  private boolean follow;

  public AuditShowCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Predicate<AuditRecord> wanted = filter.predicate();
    AuditReader reader = session.builder().auditLog().reader();
    show(reader, wanted);
    while (follow
        && !Thread.currentThread().isInterrupted()
        && !session.context().out().checkError()) {
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      show(reader, wanted);
    }
    return 0;
  }

  private void show(AuditReader reader, Predicate<AuditRecord> wanted) {
    reader.read(
        record -> {
          if (wanted.test(record)) {
            session.print(text(record));
          }
        });
  }

  /** A record on a line. */
  public static String text(AuditRecord record) {
    String key = record.member("key");
    String version = record.member("version");
    return Stream.of(
            record.member("at"),
            record.lane() + "/" + record.sequence(),
            record.member("operation"),
            record.member("phase").equals("SINGLE") ? "" : record.member("phase"),
            record.member("result"),
            record.member("errorCode"),
            version.isEmpty() ? key : key + "/" + version,
            record.member("backend"),
            Texts.BY_CALLER.with(record.member("caller")))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(" "));
  }
}
