package dev.enclave.cli.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.OfStream;
import dev.enclave.cli.session.ErrorReport;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.util.List;

/** {@code enclave audit verify --stream}. */
final class StreamVerification {

  private final Session session;

  StreamVerification(Session session) {
    this.session = session;
  }

  int run(String typed, boolean json) {
    OfStream found = session.files().reading(typed, session.builder().auditLog()::verifyStream);
    if (json) {
      session.print(json(found));
      return found.intact() ? 0 : ErrorReport.exitCode(ErrorCategory.INTEGRITY);
    }
    found.chains().forEach(chain -> session.print(text(chain)));
    found.torn().forEach(line -> session.print(Texts.TORN.with(line)));
    found.unknownOutcomes().forEach(id -> session.print(Texts.OUTCOME_UNKNOWN.with(id)));
    if (!found.intact()) {
      found.problems().forEach(problem -> session.print("wrong: " + problem));
      throw Texts.STREAM_NOT_AS_WRITTEN.as(
          ErrorCode.AUDIT_LOG_CORRUPT, found.records(), found.problems().get(0));
    }
    session.print(Texts.STREAM_INTACT.with(found.records(), found.chains().size()));
    return 0;
  }

  private static String text(AuditVerification.Chain chain) {
    return Texts.CHAIN.with(chain.name(), chain.first(), chain.last(), chain.hash());
  }

  private static List<String> json(OfStream found) {
    return JsonOutput.object(
        out -> {
          out.writeBooleanField("intact", found.intact());
          out.writeNumberField("records", found.records());
          JsonOutput.array(
              out,
              "chains",
              found.chains(),
              (json, chain) -> {
                json.writeStringField("chain", chain.name());
                json.writeNumberField("first", chain.first());
                json.writeNumberField("last", chain.last());
                json.writeStringField("hash", chain.hash());
              });
          strings(out, "problems", found.problems());
          strings(out, "torn", found.torn());
          strings(out, "unknownOutcomes", found.unknownOutcomes());
        });
  }

  private static void strings(JsonGenerator out, String name, List<String> values)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (String value : values) {
      out.writeString(value);
    }
    out.writeEndArray();
  }
}
