package dev.enclave.cli.audit;

import dev.enclave.audit.AuditRecord;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Csv;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code enclave audit export}. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Write the audit log to standard output, in UTF-8, for other programs.",
      "jsonl gives the lines as they are, but for characters that steer a terminal or cannot be"
          + " seen, which are escaped; csv a table with a heading."
    })
public final class AuditExportCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--format", paramLabel = "FORMAT", required = true, description = "jsonl or csv.")
  private String format = "";

  @Mixin private final RecordFilter filter = new RecordFilter();

  public AuditExportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Function<AuditRecord, String> line = lineOf(format);
    Predicate<AuditRecord> wanted = filter.predicate();
    PrintStream out = session.files().textOut();
    if (format.equals("csv")) {
      out.print(Csv.HEADING);
    }
    session
        .builder()
        .auditLog()
        .reader()
        .read(
            record -> {
              if (wanted.test(record)) {
                out.print(line.apply(record));
              }
            });
    out.flush();
    return 0;
  }

  private static Function<AuditRecord, String> lineOf(String format) {
    return switch (format) {
      case "jsonl" -> record -> record.line() + "\n";
      case "csv" -> Csv::row;
      default ->
          throw Texts.EXPORT_FORMAT_UNKNOWN.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(format));
    };
  }
}
