package dev.enclave.kit;

import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the errors of a service mean. The service's own names of errors decide, or its statuses
 * where it has no name for an error; a message's text decides nothing. Immutable.
 */
public final class ErrorTable {

  private final Map<String, ErrorRule> rules;
  private final Map<String, ErrorRule> byName;

  private ErrorTable(Map<String, ErrorRule> rules) {
    this.rules = rules;
    this.byName =
        rules.values().stream()
            .flatMap(rule -> rule.names().stream().map(name -> Map.entry(name, rule)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /**
   * The table that a text lists. A rule begins with a line of its own name, how it fails, its
   * {@link FailureCode}, and after a colon the service's names of the error; its advice follows,
   * indented:
   *
   * <pre>{@code
   * SERVICE ambiguous UNAVAILABLE: InternalError ServiceUnavailable 5xx
   *   It failed on its side. If it lasts, look at its status page.
   * }</pre>
   *
   * <p>How it fails: {@code throttled}, and nothing happened; {@code transient}, it may pass, and
   * nothing happened; {@code passing}, the same within a few attempts; {@code ambiguous}, the
   * service may have carried out the request before; {@code permanent}, a repetition does not mend
   * it. For {@link #of} there may be names such as {@code 429} and {@code 5xx}, for errors of
   * unknown names by their HTTP status, {@code other} for what else has a name, and {@code none}.
   */
  public static ErrorTable of(String table) {
    Map<String, ErrorRule> rules = new LinkedHashMap<>();
    for (String row : table.strip().split("\n(?=\\S)", -1)) {
      String[] parts = row.split("\n", 2);
      List<String> head = Arrays.asList(parts[0].split("[: ]+", -1));
      String advice = parts[1].strip().replaceAll("\\s+", " ");
      rules.put(head.get(0), rule(head.get(1), head.get(2), advice, head.subList(3, head.size())));
    }
    return new ErrorTable(rules);
  }

  private static ErrorRule rule(String how, String code, String advice, List<String> names) {
    FailureClass changing =
        how.equals("passing")
            ? FailureClass.TRANSIENT
            : Stream.of(FailureClass.values())
                .filter(each -> each.name().equalsIgnoreCase(how))
                .findFirst()
                .orElseThrow();
    return new ErrorRule(
        changing == FailureClass.AMBIGUOUS ? FailureClass.TRANSIENT : changing,
        changing,
        FailureCode.valueOf(code),
        advice,
        how.equals("passing"),
        names);
  }

  /** All of them, as listed. */
  public List<ErrorRule> rules() {
    return List.copyOf(rules.values());
  }

  /** The rule that the table lists under this name of its own. */
  public ErrorRule rule(String name) {
    return Optional.ofNullable(rules.get(name)).orElseThrow();
  }

  /** The rule for the first of these names that is known. */
  public Optional<ErrorRule> find(String... names) {
    return Stream.of(names)
        .flatMap(name -> Optional.ofNullable(byName.get(name)).stream())
        .findFirst();
  }

  /**
   * The rule for an answer: for the first of its names that is known, else by its status.
   *
   * @param names the service's, the one that says most first; empty where the answer has none
   */
  public ErrorRule of(int status, String... names) {
    String any = Stream.of(names).allMatch(String::isEmpty) ? "none" : "other";
    return find(names)
        .or(() -> find(Integer.toString(status), status / 100 + "xx", any, "other"))
        .orElseThrow();
  }
}
