package dev.enclave.cli;

import dev.enclave.AuditVerification;
import dev.enclave.ErrorCategory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave audit verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    description = "Check that every record of the audit log is in place and unchanged.")
final class AuditVerifyCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  AuditVerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    AuditVerification found = session.builder().verifyAuditLog();
    session.print(json ? json(found) : text(found));
    return found.intact() ? 0 : ErrorReport.exitCode(ErrorCategory.INTEGRITY);
  }

  static String text(AuditVerification found) {
    StringBuilder text = new StringBuilder();
    text.append(
        found
            .problem()
            .map(problem -> "NOT INTACT after " + found.records() + " good records: " + problem)
            .orElseGet(() -> "intact: " + found.records() + " records, each chained to the last"));
    if (!found.unknownOutcomes().isEmpty()) {
      text.append(System.lineSeparator())
          .append("outcome unknown (a crash, or still under way): ")
          .append(String.join(", ", found.unknownOutcomes()));
    }
    return text.toString();
  }

  private static String json(AuditVerification found) {
    return Json.object(
        out -> {
          out.writeBooleanField("intact", found.intact());
          out.writeNumberField("records", found.records());
          Json.field(out, "problem", found.problem());
          out.writeArrayFieldStart("unknownOutcomes");
          for (String operation : found.unknownOutcomes()) {
            out.writeString(operation);
          }
          out.writeEndArray();
        });
  }
}
