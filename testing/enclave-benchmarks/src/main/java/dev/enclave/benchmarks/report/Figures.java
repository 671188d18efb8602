package dev.enclave.benchmarks.report;

import dev.enclave.benchmarks.cloud.Crowd;
import dev.enclave.benchmarks.duel.Duel;
import dev.enclave.benchmarks.measure.Case;
import dev.enclave.benchmarks.measure.Opening;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What has been measured so far, by case. */
public final class Figures {

  private final Map<Case, List<Double>> iterations = new HashMap<>();
  private final Map<Case, List<Double>> allocations = new HashMap<>();
  private final Map<Duel, Duel.Result> duels = new HashMap<>();
  private final Map<Opening.Store, Opening> openings = new HashMap<>();
  private final Map<Crowd.Place, Crowd> crowds = new HashMap<>();

  /**
   * Adds what a fork found.
   *
   * @param scores one an iteration
   * @param allocated bytes an operation
   */
  void add(Case measured, List<Double> scores, double allocated) {
    iterations.computeIfAbsent(measured, c -> new ArrayList<>()).addAll(scores);
    allocations.computeIfAbsent(measured, c -> new ArrayList<>()).add(allocated);
  }

  void add(Duel duel, Duel.Result result) {
    duels.put(duel, result);
  }

  void add(Opening.Store store, Opening opening) {
    openings.put(store, opening);
  }

  void add(Crowd.Place place, Crowd crowd) {
    crowds.put(place, crowd);
  }

  /** The score of a case; none when it was not measured, or failed. */
  Optional<Score> score(Case wanted) {
    return Optional.ofNullable(iterations.get(wanted)).map(Score::of);
  }

  /** Bytes an operation. */
  Optional<Double> allocation(Case wanted) {
    return Optional.ofNullable(allocations.get(wanted)).map(all -> Score.of(all).mean());
  }

  /** How many times as many operations a second the one does as the other. */
  Optional<Double> ratio(Case one, Case other) {
    return score(one).flatMap(s -> score(other).map(o -> s.mean() / o.mean()));
  }

  /** The result of a duel; none when it was not fought, or failed. */
  Optional<Duel.Result> duel(Duel wanted) {
    return Optional.ofNullable(duels.get(wanted));
  }

  Optional<Opening> opening(Opening.Store store) {
    return Optional.ofNullable(openings.get(store));
  }

  Optional<Crowd> crowd(Crowd.Place place) {
    return Optional.ofNullable(crowds.get(place));
  }
}
