package dev.enclave.benchmarks.report;

import java.util.List;
import org.openjdk.jmh.util.ListStatistics;

/**
 * A figure from several iterations.
 *
 * @param mean of all iterations of all forks
 * @param error half the width of the 99 % confidence interval
 */
record Score(double mean, double error) {

  private static final double CONFIDENCE = 0.99;

  static Score of(List<Double> iterations) {
    ListStatistics statistics =
        new ListStatistics(iterations.stream().mapToDouble(Double::doubleValue).toArray());
    return new Score(statistics.getMean(), statistics.getMeanErrorAt(CONFIDENCE));
  }

  /** The error as a part of the mean. */
  double relativeError() {
    return error / mean;
  }
}
