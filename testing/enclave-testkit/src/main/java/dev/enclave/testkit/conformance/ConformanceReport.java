package dev.enclave.testkit.conformance;

import dev.enclave.KeyName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a run of all contracts found.
 *
 * @param results one for each test, in no order
 * @param names every key name the run made up, whether or not a key came of it
 */
public record ConformanceReport(List<Result> results, SortedSet<KeyName> names) {

  /**
   * How one test ended.
   *
   * @param contract the contract it belongs to, such as {@code SigningContract}
   * @param test its name, such as {@code signs_whatIsDeclared}
   * @param problem why it failed; none if it passed
   */
  public record Result(String contract, String test, Optional<String> problem) {

    public boolean passed() {
      return problem.isEmpty();
    }
  }

  public ConformanceReport {
    results = List.copyOf(results);
    names = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  /** Whether every test passed, and there was one. */
  public boolean conforms() {
    return !results.isEmpty() && results.stream().allMatch(Result::passed);
  }

  /** The results by contract, contracts in the order of their names. */
  public Map<String, List<Result>> byContract() {
    Map<String, List<Result>> grouped = new TreeMap<>();
    for (Result result : results) {
      grouped.merge(
          result.contract(),
          List.of(result),
          (some, one) -> java.util.stream.Stream.concat(some.stream(), one.stream()).toList());
    }
    return new LinkedHashMap<>(grouped);
  }
}
