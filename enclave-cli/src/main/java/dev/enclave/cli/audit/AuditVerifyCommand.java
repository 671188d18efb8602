package dev.enclave.cli.audit;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification;
import dev.enclave.cli.session.ErrorReport;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
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
        throw Texts.STREAM_HAS_NO_CHECKPOINTS.as(ErrorCode.INVALID_ARGUMENT);
      }
      return new StreamVerification(session).run(stream, json);
    }
    AuditVerification found = verify(session.builder().auditLog());
    if (json) {
      session.print(json(found));
      return found.intact() ? 0 : ErrorReport.exitCode(ErrorCategory.INTEGRITY);
    }
    found.unknownOutcomes().forEach(id -> session.print(Texts.OUTCOME_UNKNOWN.with(id)));
    found.fragments().forEach(file -> session.print(Texts.CUT_OFF.with(file)));
    found.findings().forEach(what -> session.print(Texts.TO_BE_EXPLAINED.with(what)));
    found.removed().forEach(what -> session.print(Texts.REMOVED_BY_RETENTION.with(what)));
    found.countersigned().ifPresent(by -> session.print(text(by)));
    found.problem().ifPresent(problem -> refuse(found.records(), problem));
    if (found.uncovered() > 0) {
      session.print(
          Texts.NOT_COVERED.with(
              found.uncovered(),
              found.uncoveredSince().map(at -> Texts.THE_OLDEST_OF.with(at)).orElse("")));
    }
    session.print(text(found));
    return 0;
  }

  private AuditVerification verify(AuditLog log) {
    if (checkpoints.isEmpty() && !removals.isEmpty()) {
      throw Texts.OPTIONS_ARE_FOR_KEPT_CHECKPOINTS.as(ErrorCode.INVALID_ARGUMENT);
    }
    AuditVerification.Options options =
        removals.options(
            checkpoints.stream().map(session.files()::text).toList(),
            Optional.ofNullable(publicKey).map(session.files()::text));
    return log.verify(withoutCountersignature ? options.waiveCountersignature() : options);
  }

  private static String text(AuditVerification.Countersigned countersigned) {
    return Texts.COUNTERSIGNED.with(
        countersigned.from(),
        countersigned.by(),
        countersigned.checked() ? "" : Texts.NOT_CHECKED_AS_TOLD.with());
  }

  private static void refuse(long good, String problem) {
    throw Texts.LOG_NOT_AS_WRITTEN.as(ErrorCode.AUDIT_LOG_CORRUPT, good, problem);
  }

  public static String text(AuditVerification intact) {
    return Texts.LOG_INTACT.with(intact.records(), intact.checkpoints());
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
