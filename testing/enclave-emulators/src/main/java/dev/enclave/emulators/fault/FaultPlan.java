package dev.enclave.emulators.fault;

import dev.enclave.emulators.fault.FaultRule.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What goes wrong with which requests: by script ("the third Sign …") or by seed ("1% of Sign …").
 * Reproducible: the same plan does the same to the same sequence of requests, also when they come
 * on many threads. Immutable; {@link #toString} prints what {@link #parse} reads.
 *
 * <p>Requests are counted per operation from 1. Of the rules that fit a request the first latency
 * and the first other fault apply.
 *
 * @param seed chooses the shares
 * @param rules in order
 */
public record FaultPlan(long seed, List<FaultRule> rules) {

  private static final String SEED = "seed ";

  /** Nothing goes wrong. */
  public static final FaultPlan NONE = new FaultPlan(0, List.of());

  /** Keeps the rules. */
  public FaultPlan {
    rules = List.copyOf(rules);
  }

  /** Without rules; shares added to it are chosen by {@code seed}. */
  public static FaultPlan seeded(long seed) {
    return new FaultPlan(seed, List.of());
  }

  /** With a fault for the {@code number}-th request of {@code operation}, from 1. */
  public FaultPlan on(String operation, long number, Fault fault) {
    return with(operation, new When.Between(number, number), fault);
  }

  /** With a fault for all requests of {@code operation} from one number to another. */
  public FaultPlan between(String operation, long from, long to, Fault fault) {
    return with(operation, new When.Between(from, to), fault);
  }

  /** With a fault for every {@code nth} request of {@code operation}; 1 means all. */
  public FaultPlan every(String operation, long nth, Fault fault) {
    return with(operation, new When.Every(nth), fault);
  }

  /** With a fault for {@code percent} percent of the requests of {@code operation}. */
  public FaultPlan share(String operation, double percent, Fault fault) {
    return with(operation, new When.Share(percent), fault);
  }

  private FaultPlan with(String operation, When when, Fault fault) {
    List<FaultRule> more = new ArrayList<>(rules);
    more.add(new FaultRule(operation, when, fault));
    return new FaultPlan(seed, more);
  }

  /**
   * What happens to one request.
   *
   * @param ofOperation its number among those of its operation
   * @param ofAll its number among all
   */
  Injection decide(String operation, long ofOperation, long ofAll) {
    Optional<Fault.Latency> latency = Optional.empty();
    Optional<Fault> fault = Optional.empty();
    for (int i = 0; i < rules.size(); i++) {
      FaultRule rule = rules.get(i);
      long number = rule.operation().equals(FaultRule.ANY) ? ofAll : ofOperation;
      if (!rule.isAbout(operation) || !rule.concerns(number, seed, i)) {
        continue;
      }
      if (rule.fault() instanceof Fault.Latency found) {
        latency = latency.or(() -> Optional.of(found));
      } else if (fault.isEmpty()) {
        fault = Optional.of(rule.fault());
      }
    }
    return new Injection(latency, fault);
  }

  /**
   * Reads what {@link #toString} prints: a rule a line; {@code seed 42} on a line of its own; empty
   * lines and what follows {@code #} mean nothing.
   *
   * @throws IllegalArgumentException when a line is neither, with its number
   */
  public static FaultPlan parse(String text) {
    FaultPlan plan = NONE;
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String content = line.replaceFirst("#.*", "").strip();
      try {
        if (content.startsWith(SEED)) {
          plan =
              new FaultPlan(Long.parseLong(content.substring(SEED.length()).strip()), plan.rules());
        } else if (!content.isEmpty()) {
          FaultRule rule = FaultRule.parse(content);
          plan = plan.with(rule.operation(), rule.when(), rule.fault());
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Line " + number + ": " + e.getMessage());
      }
    }
    return plan;
  }

  @Override
  public String toString() {
    return rules.stream()
        .map(rule -> rule + "\n")
        .collect(Collectors.joining("", seed == 0 ? "" : SEED + seed + "\n", ""));
  }
}
