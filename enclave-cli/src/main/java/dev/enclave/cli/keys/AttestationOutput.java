package dev.enclave.cli.keys;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.enclave.admin.ManagedKey.Attestation;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.internal.opening.StatementVerifier.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** An attestation as text for people and as JSON for programs. */
final class AttestationOutput {

  private AttestationOutput() {}

  static List<String> text(String key, Attestation attestation) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("key", key));
    rows.add(List.of("version", attestation.version().value()));
    rows.add(List.of("format", attestation.format()));
    rows.add(List.of("statement", Texts.BYTES.with(attestation.statement().size())));
    for (Check check : Check.values()) {
      rows.add(
          List.of(
              words(check),
              attestation.checks().contains(check) ? "yes" : Texts.NOT_CHECKED.with()));
    }
    rows.addAll(facts(attestation.facts()));
    rows.addAll(chains(attestation.chains()));
    return table(rows, attestation.proven(), attestation.doubts());
  }

  /** Of a statement from a file. */
  static List<String> text(Verdict verdict, boolean withPublicKey) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("format", verdict.format().orElse("unknown")));
    rows.add(List.of(words(Check.SIGNATURE), yes(verdict.checks().contains(Check.SIGNATURE))));
    rows.add(
        List.of(
            Texts.ON_PUBLIC_KEY_GIVEN.with(),
            withPublicKey
                ? yes(verdict.checks().contains(Check.PUBLIC_KEY))
                : Texts.NONE_WAS_GIVEN.with()));
    rows.addAll(facts(verdict.facts()));
    rows.addAll(chains(verdict.chains()));
    if (verdict.proven()) {
      provers(verdict).forEach(prover -> rows.add(List.of("proven by", prover)));
    }
    return table(rows, verdict.proven(), verdict.doubts());
  }

  private static List<String> provers(Verdict verdict) {
    return verdict.chains().stream().flatMap(chain -> chain.root().stream()).distinct().toList();
  }

  private static String yes(boolean holds) {
    return holds ? "yes" : "no";
  }

  private static List<List<String>> facts(Map<String, String> facts) {
    return new TreeMap<>(facts)
        .entrySet().stream()
            .map(fact -> List.of(Texts.IT_SAYS.with(fact.getKey()), fact.getValue()))
            .toList();
  }

  private static List<List<String>> chains(List<Chain> chains) {
    return chains.stream()
        .map(
            chain ->
                List.of(
                    Texts.CERTIFICATES_OF.with(chain.of()),
                    chain.certificates().size() + "; " + chain.finding()))
        .toList();
  }

  private static List<String> table(List<List<String>> rows, boolean proven, List<String> doubts) {
    List<List<String>> all = new ArrayList<>(rows);
    all.add(List.of("proven", yes(proven)));
    List<String> lines = new ArrayList<>(Text.table(all));
    doubts.forEach(doubt -> lines.add("- " + doubt));
    return lines;
  }

  private static String words(Check check) {
    return switch (check) {
      case SIGNATURE -> Texts.SIGNED_BY_HARDWARE.with();
      case VERSION -> Texts.ON_THIS_VERSION.with();
      case PUBLIC_KEY -> Texts.ON_ITS_PUBLIC_KEY.with();
    };
  }

  static void json(JsonGenerator json, String key, Attestation attestation) throws IOException {
    json.writeStringField("key", key);
    json.writeStringField("version", attestation.version().value());
    json.writeStringField("format", attestation.format());
    json.writeNumberField("statementBytes", attestation.statement().size());
    json(
        json,
        attestation.proven(),
        attestation.checks(),
        attestation.doubts(),
        attestation.facts(),
        attestation.chains());
  }

  static void json(JsonGenerator json, Verdict verdict) throws IOException {
    JsonOutput.field(json, "format", verdict.format());
    JsonOutput.texts(json, "provenBy", verdict.proven() ? provers(verdict) : List.of());
    json(
        json,
        verdict.proven(),
        verdict.checks(),
        verdict.doubts(),
        verdict.facts(),
        verdict.chains());
  }

  private static void json(
      JsonGenerator json,
      boolean proven,
      Set<Check> checks,
      List<String> doubts,
      Map<String, String> facts,
      List<Chain> chains)
      throws IOException {
    json.writeBooleanField("proven", proven);
    JsonOutput.texts(json, "checks", checks.stream().map(Check::name).sorted().toList());
    JsonOutput.texts(json, "doubts", doubts);
    json.writeObjectFieldStart("facts");
    for (Map.Entry<String, String> fact : new TreeMap<>(facts).entrySet()) {
      json.writeStringField(fact.getKey(), fact.getValue());
    }
    json.writeEndObject();
    JsonOutput.array(json, "chains", chains, AttestationOutput::json);
  }

  private static void json(JsonGenerator json, Chain chain) throws IOException {
    json.writeStringField("of", chain.of());
    json.writeNumberField("certificates", chain.certificates().size());
    JsonOutput.field(json, "root", chain.root());
    json.writeStringField("finding", chain.finding());
  }
}
