package dev.enclave.testkit.docs;

import static java.util.stream.Collectors.joining;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.policy.PolicyMatrix;
import dev.enclave.core.internal.policy.PolicyMatrix.Configured;
import dev.enclave.core.internal.policy.PolicyMatrix.Detected;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PolicyDocTest {

  @Test
  void showsWhatEveryEnvironmentTypeAllows() {
    Document.at("docs/policy.md").requireGenerated("policy", table());
  }

  @Test
  void showsWhichBackendMayHoldNewKeysWhere() {
    Document.at("docs/policy.md").requireGenerated("policy-matrix", matrix());
  }

  @Test
  void showsWhenABackendHasItsTurn() {
    Document.at("docs/policy.md").requireGenerated("policy-turns", turns());
  }

  /** A column for each environment type, and for those that can be inferred another. */
  private static String matrix() {
    StringBuilder table = new StringBuilder("| a backend that gives at best |");
    for (EnvironmentType type : EnvironmentType.values()) {
      table.append(" ").append(type).append(" |");
    }
    table.append(" PRODUCTION, inferred | DEVELOPMENT, inferred |\n").append("|---".repeat(7));
    table.append("|\n");
    List<Assurance> strongestFirst = new ArrayList<>(List.of(Assurance.values()));
    Collections.reverse(strongestFirst);
    for (Assurance ceiling : strongestFirst) {
      table.append("| ").append(ceiling).append(" |");
      for (EnvironmentType type : EnvironmentType.values()) {
        cell(table, PolicyMatrix.standing(type, true, ceiling));
      }
      cell(table, PolicyMatrix.standing(EnvironmentType.PRODUCTION, false, ceiling));
      cell(table, PolicyMatrix.standing(EnvironmentType.DEVELOPMENT, false, ceiling));
      table.append("\n");
    }
    return table.toString();
  }

  private static void cell(StringBuilder table, PolicyMatrix.Standing standing) {
    table.append(" ").append(standing.words()).append(" |");
  }

  private static String turns() {
    StringBuilder table =
        new StringBuilder(
            """
            | the backend says of this place | `enclave.backend` names it | by precedence |
            |---|---|---|
            """);
    for (Detected detected : Detected.values()) {
      table.append("| ").append(detected.name().toLowerCase(Locale.ROOT)).append(" |");
      for (Configured configured : Configured.values()) {
        table
            .append(" ")
            .append(PolicyMatrix.considered(configured, detected) ? "its turn" : "passed over")
            .append(" |");
      }
      table.append("\n");
    }
    return table.toString();
  }

  private static String table() {
    return row("", Enum::name)
        + "|---".repeat(EnvironmentType.values().length + 1)
        + "|\n"
        + row("minimum assurance", e -> defaults(e).minimumAssurance().name())
        + row("may be lowered to", e -> SecurityPolicy.lowestAssurance(e).name())
        + row("warns below", e -> defaults(e).recommendedAssurance().name())
        + row("backends", e -> defaults(e).allowedBackends().map(Object::toString).orElse("all"))
        + row("algorithms", PolicyDocTest::algorithms)
        + row("IMPORTED or UNKNOWN origin", e -> allowed(defaults(e).foreignOriginAllowed()))
        + row("accepts keys stamped", PolicyDocTest::accepted)
        + row("no audit record, no operation", e -> defaults(e).durableAudit() ? "yes" : "no")
        + row("rotation due", PolicyDocTest::rotation);
  }

  private static String rotation(EnvironmentType environment) {
    return defaults(environment)
        .rotation()
        .period()
        .map(period -> "every " + period.toDays() + " days")
        .orElse("never");
  }

  private static SecurityPolicy defaults(EnvironmentType environment) {
    return SecurityPolicy.defaultsFor(environment);
  }

  private static String algorithms(EnvironmentType environment) {
    long allowed = KeyAlgorithm.all().stream().filter(defaults(environment)::allows).count();
    return allowed == KeyAlgorithm.all().size()
        ? "all"
        : defaults(environment).allowedAlgorithms().toString();
  }

  private static String allowed(boolean yes) {
    return yes ? "allowed" : "refused";
  }

  private static String accepted(EnvironmentType environment) {
    return Arrays.stream(EnvironmentType.values())
        .filter(environment::accepts)
        .map(Enum::name)
        .collect(joining(", "));
  }

  private static String row(String title, Function<EnvironmentType, String> cell) {
    return Arrays.stream(EnvironmentType.values())
        .map(cell)
        .collect(joining(" | ", "| " + title + " | ", " |\n"));
  }
}
