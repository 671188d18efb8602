package dev.enclave.cli.keys;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.admin.ManagedKey.Attestation;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An attestation as text for people and as JSON for programs. */
final class AttestationOutput {

  private AttestationOutput() {}

  static List<String> text(String key, Attestation attestation) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("key", key));
    rows.add(List.of("version", attestation.version().value()));
    rows.add(List.of("format", attestation.format()));
    rows.add(List.of("statement", attestation.statement().size() + " bytes"));
    for (Check check : Check.values()) {
      rows.add(List.of(words(check), attestation.checks().contains(check) ? "yes" : "not checked"));
    }
    attestation.facts().forEach((name, value) -> rows.add(List.of("it says: " + name, value)));
    for (Chain chain : attestation.chains()) {
      rows.add(
          List.of(
              "certificates of " + chain.of(),
              chain.certificates().size() + "; " + chain.finding()));
    }
    rows.add(List.of("proven", attestation.proven() ? "yes" : "no"));
    List<String> lines = new ArrayList<>(Text.table(rows));
    attestation.doubts().forEach(doubt -> lines.add("- " + doubt));
    return lines;
  }

  private static String words(Check check) {
    return switch (check) {
      case SIGNATURE -> "signed by its hardware";
      case VERSION -> "on this version";
      case PUBLIC_KEY -> "on its public key";
    };
  }

  static void json(JsonGenerator json, String key, Attestation attestation) throws IOException {
    json.writeStringField("key", key);
    json.writeStringField("version", attestation.version().value());
    json.writeStringField("format", attestation.format());
    json.writeNumberField("statementBytes", attestation.statement().size());
    json.writeBooleanField("proven", attestation.proven());
    JsonOutput.texts(
        json, "checks", attestation.checks().stream().map(Check::name).sorted().toList());
    JsonOutput.texts(json, "doubts", attestation.doubts());
    json.writeObjectFieldStart("facts");
    for (Map.Entry<String, String> fact : attestation.facts().entrySet()) {
      json.writeStringField(fact.getKey(), fact.getValue());
    }
    json.writeEndObject();
    JsonOutput.array(json, "chains", attestation.chains(), AttestationOutput::json);
  }

  private static void json(JsonGenerator json, Chain chain) throws IOException {
    json.writeStringField("of", chain.of());
    json.writeNumberField("certificates", chain.certificates().size());
    JsonOutput.field(json, "root", chain.root());
    json.writeStringField("finding", chain.finding());
  }
}
