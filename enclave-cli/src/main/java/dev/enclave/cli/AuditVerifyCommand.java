package dev.enclave.cli;

import dev.enclave.AuditVerification;
import dev.enclave.ErrorCategory;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
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
    if (json) {
      session.print(json(found));
      return found.intact() ? 0 : ErrorReport.exitCode(ErrorCategory.INTEGRITY);
    }
    found
        .unknownOutcomes()
        .forEach(id -> session.print("outcome unknown (a crash, or still under way): " + id));
    found
        .fragments()
        .forEach(file -> session.print("cut off (a crash, or somebody cut the log): " + file));
    found.problem().ifPresent(problem -> refuse(found.records(), problem));
    session.print(text(found));
    return 0;
  }

  private static void refuse(long good, String problem) {
    throw new IntegrityException(
        ErrorCode.AUDIT_LOG_CORRUPT,
        "The audit log is not as it was written, after "
            + good
            + " good records: "
            + problem
            + ". Keep a copy of it and find out who changed it.");
  }

  static String text(AuditVerification intact) {
    return "intact: " + intact.records() + " records, each chained to the one before";
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
          out.writeArrayFieldStart("fragments");
          for (String file : found.fragments()) {
            out.writeString(file);
          }
          out.writeEndArray();
        });
  }
}
