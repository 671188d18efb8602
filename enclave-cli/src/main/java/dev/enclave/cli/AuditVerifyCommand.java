package dev.enclave.cli;

import dev.enclave.AuditLog;
import dev.enclave.AuditVerification;
import dev.enclave.ErrorCategory;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.UsageException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave audit verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Check that every record of the audit log is in place and unchanged.",
      "With a checkpoint that was kept elsewhere, also that nobody has rewritten what it covers."
    })
final class AuditVerifyCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "A checkpoint that audit checkpoint has written and that was kept elsewhere.")
  private @Nullable String checkpoint;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "Its verifier key; else the one that lies in the log.")
  private @Nullable String publicKey;

  @Option(
      names = "--stream",
      paramLabel = "FILE",
      description = "Verify the records in this captured standard output or log file; - is stdin.")
  private @Nullable String stream;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  AuditVerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (stream != null) {
      if (checkpoint != null || publicKey != null) {
        throw new UsageException(
            ErrorCode.INVALID_ARGUMENT,
            "A stream has no checkpoints. Give --stream without --checkpoint and --public-key.");
      }
      return new StreamVerification(session).run(stream, json);
    }
    AuditVerification found = verify(session.builder().auditLog());
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
    found.removed().forEach(what -> session.print("removed by retention: " + what));
    found.problem().ifPresent(problem -> refuse(found.records(), problem));
    if (found.uncovered() > 0) {
      session.print(
          "in no checkpoint yet: "
              + found.uncovered()
              + " records"
              + found.uncoveredSince().map(at -> ", the oldest of " + at).orElse(""));
    }
    session.print(text(found));
    return 0;
  }

  private AuditVerification verify(AuditLog log) {
    if (checkpoint == null) {
      if (publicKey != null) {
        throw new UsageException(
            ErrorCode.INVALID_ARGUMENT,
            "--public-key is the key of a checkpoint. Give the checkpoint with --checkpoint.");
      }
      return log.verify();
    }
    return log.verify(
        session.files().text(checkpoint),
        Optional.ofNullable(publicKey).map(session.files()::text));
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
    return "intact: "
        + intact.records()
        + " records, each chained to the one before, and "
        + intact.checkpoints()
        + " checkpoints";
  }

  private static String json(AuditVerification found) {
    return Json.object(
        out -> {
          out.writeBooleanField("intact", found.intact());
          out.writeNumberField("records", found.records());
          Json.field(out, "problem", found.problem());
          Json.texts(out, "unknownOutcomes", found.unknownOutcomes());
          Json.texts(out, "fragments", found.fragments());
          out.writeNumberField("checkpoints", found.checkpoints());
          out.writeNumberField("uncovered", found.uncovered());
          Json.field(out, "uncoveredSince", found.uncoveredSince());
          Json.texts(out, "removed", found.removed());
        });
  }
}
