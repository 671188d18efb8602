package dev.enclave.kit;

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

  private final List<ErrorRule> rules;
  private final Map<String, ErrorRule> byName;

  private ErrorTable(List<ErrorRule> rules) {
    this.rules = rules;
    this.byName =
        rules.stream()
            .flatMap(rule -> rule.names().stream().map(name -> Map.entry(name, rule)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Those rules, no two of which have the same name. */
  public static ErrorTable of(ErrorRule... rules) {
    return new ErrorTable(List.of(rules));
  }

  /** All of them. */
  public List<ErrorRule> rules() {
    return rules;
  }

  /** The rule for the first of these names that is known. */
  public Optional<ErrorRule> find(String... names) {
    return Stream.of(names)
        .flatMap(name -> Optional.ofNullable(byName.get(name)).stream())
        .findFirst();
  }
}
