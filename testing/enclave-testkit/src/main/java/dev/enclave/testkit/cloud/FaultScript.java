package dev.enclave.testkit.cloud;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Which call of a cloud-shaped backend goes wrong, and how long calls take. Calls are counted per
 * operation, from 1, over all backends of one provider; of several rules the first that fits
 * decides. May be changed at any time. Thread-safe.
 */
public final class FaultScript {

  private record Rule(CloudOperation operation, IntPredicate number, Fault fault) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Map<CloudOperation, Integer> calls = new EnumMap<>(CloudOperation.class);
  private final Map<CloudOperation, Duration> latencies = new EnumMap<>(CloudOperation.class);

  /** The call of that number fails. */
  public FaultScript on(CloudOperation operation, int number, Fault fault) {
    return add(operation, n -> n == number, fault);
  }

  /** The next {@code count} calls fail. */
  public synchronized FaultScript next(CloudOperation operation, int count, Fault fault) {
    int made = calls(operation);
    return add(operation, n -> n > made && n <= made + count, fault);
  }

  /** Every {@code nth} call fails; 1 means all. */
  public FaultScript every(CloudOperation operation, int nth, Fault fault) {
    return add(operation, n -> n % nth == 0, fault);
  }

  /** Every call of every operation fails. */
  public FaultScript always(Fault fault) {
    for (CloudOperation operation : CloudOperation.values()) {
      every(operation, 1, fault);
    }
    return this;
  }

  private synchronized FaultScript add(CloudOperation operation, IntPredicate number, Fault fault) {
    if (fault instanceof Fault.Wrong && operation != CloudOperation.SIGN) {
      throw new IllegalArgumentException("only SIGN is answered wrongly, not " + operation);
    }
    rules.add(new Rule(operation, number, fault));
    return this;
  }

  /** From now on each such call takes {@code latency} on the backend's clock. */
  public synchronized FaultScript latency(CloudOperation operation, Duration latency) {
    latencies.put(operation, latency);
    return this;
  }

  /** Forgets all faults and latencies; calls stay counted. */
  public synchronized FaultScript clear() {
    rules.clear();
    latencies.clear();
    return this;
  }

  /** How many such calls arrived so far, failed ones included. */
  public synchronized int calls(CloudOperation operation) {
    return calls.getOrDefault(operation, 0);
  }

  synchronized Duration latency(CloudOperation operation) {
    return latencies.getOrDefault(operation, Duration.ZERO);
  }

  /** Counts a call and says what goes wrong with it. */
  synchronized Optional<Fault> begin(CloudOperation operation) {
    int number = calls.merge(operation, 1, Integer::sum);
    return rules.stream()
        .filter(rule -> rule.operation() == operation && rule.number().test(number))
        .map(Rule::fault)
        .findFirst();
  }
}
