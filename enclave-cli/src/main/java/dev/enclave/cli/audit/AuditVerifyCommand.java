package dev.enclave.cli.audit;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification;
import dev.enclave.cli.session.ErrorReport;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code enclave audit verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Check that every record of the audit log is in place and unchanged.",
      "With checkpoints that were kept elsewhere, also that nobody has rewritten or removed",
      "what they cover."
    })
public final class AuditVerifyCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      arity = "1..*",
      description = {
        "Checkpoints that audit checkpoint has written and that were kept elsewhere.",
        "An older one proves that what it covers is older."
      })
  private List<String> checkpoints = new ArrayList<>();

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = {
        "The verifier keys that were kept elsewhere; else those that lie in the log.",
        "If they name a countersigner, the log must be countersigned."
      })
  private @Nullable String publicKey;

  @Option(
      names = "--without-countersignature",
      description = "Leave the countersignatures of a backend's key unchecked.")
  private boolean withoutCountersignature;

  @Mixin private final ExpectedRemovals removals = new ExpectedRemovals();

  @Option(
      names = "--stream",
      paramLabel = "FILE",
      description = "Verify the records in this captured standard output or log file; - is stdin.")
  private @Nullable String stream;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public AuditVerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (stream != null) {
      if (!checkpoints.isEmpty()
          || publicKey != null
          || !removals.isEmpty()
          || withoutCountersignature) {
        throw new UsageException(
            ErrorCode.INVALID_ARGUMENT,
            "A stream has no checkpoints. Give --stream without --checkpoint, --public-key,"
                + " --retention, --removed-to and --without-countersignature.");
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
    found.findings().forEach(what -> session.print("to be explained: " + what));
    found.removed().forEach(what -> session.print("removed by retention: " + what));
    found.countersigned().ifPresent(by -> session.print(text(by)));
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
    if (checkpoints.isEmpty() && !removals.isEmpty()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "--retention and --removed-to are for checkpoints that were kept. Give them with"
              + " --checkpoint.");
    }
    AuditVerification.Options options =
        removals.options(
            checkpoints.stream().map(session.files()::text).toList(),
            Optional.ofNullable(publicKey).map(session.files()::text));
    return log.verify(withoutCountersignature ? options.waiveCountersignature() : options);
  }

  private static String text(AuditVerification.Countersigned countersigned) {
    return "countersigned from checkpoint "
        + countersigned.from()
        + " on by "
        + countersigned.by()
        + (countersigned.checked() ? "" : "; not checked, as --without-countersignature says");
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

  public static String text(AuditVerification intact) {
    return "intact: "
        + intact.records()
        + " records, each chained to the one before, and "
        + intact.checkpoints()
        + " checkpoints";
  }

  private static List<String> json(AuditVerification found) {
    return JsonOutput.object(
        out -> {
          out.writeBooleanField("intact", found.intact());
          out.writeNumberField("records", found.records());
          JsonOutput.field(out, "problem", found.problem());
          JsonOutput.texts(out, "unknownOutcomes", found.unknownOutcomes());
          JsonOutput.texts(out, "fragments", found.fragments());
          out.writeNumberField("checkpoints", found.checkpoints());
          out.writeNumberField("uncovered", found.uncovered());
          JsonOutput.field(out, "uncoveredSince", found.uncoveredSince());
          JsonOutput.texts(out, "findings", found.findings());
          JsonOutput.texts(out, "removed", found.removed());
          if (found.countersigned().isPresent()) {
            AuditVerification.Countersigned by = found.countersigned().get();
            out.writeObjectFieldStart("countersigned");
            out.writeStringField("by", by.by());
            out.writeNumberField("from", by.from());
            out.writeBooleanField("checked", by.checked());
            out.writeEndObject();
          } else {
            out.writeNullField("countersigned");
          }
        });
  }
}
