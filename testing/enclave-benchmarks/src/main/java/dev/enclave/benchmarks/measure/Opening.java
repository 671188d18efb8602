package dev.enclave.benchmarks.measure;

import dev.enclave.benchmarks.setting.SoftwareStore;
import java.util.ArrayList;
import java.util.List;

/**
 * How long it took to open a store, in nanoseconds.
 *
 * @param cold the first opening of each of several fresh JVMs
 * @param firstSign the first signature after it
 * @param warm further openings in the same JVMs
 */
public record Opening(List<Long> cold, List<Long> firstSign, List<Long> warm) {

  public Opening {
    cold = List.copyOf(cold);
    firstSign = List.copyOf(firstSign);
    warm = List.copyOf(warm);
  }

  /** Which store: how it is protected, and how many keys it has. */
  public record Store(SoftwareStore protection, int keys) {}

  /** Both openings as one. */
  public Opening and(Opening other) {
    return new Opening(
        joined(cold, other.cold), joined(firstSign, other.firstSign), joined(warm, other.warm));
  }

  private static List<Long> joined(List<Long> some, List<Long> more) {
    List<Long> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  public static double medianMillis(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get(sorted.size() / 2) / 1e6;
  }
}
