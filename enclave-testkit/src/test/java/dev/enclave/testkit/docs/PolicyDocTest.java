package dev.enclave.testkit.docs;

import static java.util.stream.Collectors.joining;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SecurityPolicy;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PolicyDocTest {

  @Test
  void showsWhatEveryEnvironmentTypeAllows() {
    Document.at("docs/policy.md").requireGenerated("policy", table());
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
    long allowed =
        Arrays.stream(KeyAlgorithm.values()).filter(defaults(environment)::allows).count();
    return allowed == KeyAlgorithm.values().length
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
