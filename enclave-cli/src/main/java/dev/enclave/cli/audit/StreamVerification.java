package dev.enclave.cli.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.OfStream;
import dev.enclave.cli.session.ErrorReport;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
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
    found
        .torn()
        .forEach(
            line ->
                session.print(
                    "torn (a refused write, a cut capture, or somebody damaged it): " + line));
    found
        .unknownOutcomes()
        .forEach(id -> session.print("outcome unknown (a crash, or still under way): " + id));
    if (!found.intact()) {
      found.problems().forEach(problem -> session.print("wrong: " + problem));
      throw new IntegrityException(
          ErrorCode.AUDIT_LOG_CORRUPT,
          "The stream is not as it was written, with "
              + found.records()
              + " good records: "
              + found.problems().get(0)
              + ". Keep a copy of it and find out what lost or changed the records.");
    }
    session.print("intact: " + found.records() + " records, chains: " + found.chains().size());
    return 0;
  }

  private static String text(AuditVerification.Chain chain) {
    return "chain "
        + chain.name()
        + ": records "
        + chain.first()
        + " to "
        + chain.last()
        + ", last hash "
        + chain.hash();
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
