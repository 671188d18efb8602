package dev.enclave.jca.consumer;

import dev.enclave.SigningAlgorithm;
import dev.enclave.jca.consumer.Consumer.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What came of the uses, and the tables of it. */
final class Outcomes {

  private record Cell(String consumer, SigningAlgorithm algorithm) {}

  private final Map<Cell, Integer> verified = new HashMap<>();
  private final Map<Cell, String> refused = new HashMap<>();
  private final Map<Places, Set<SigningAlgorithm>> had = new EnumMap<>(Places.class);
  private final List<String> surprises = new ArrayList<>();

  /** Uses the key; a failure other than the refusal that is expected is a surprise. */
  void use(Places place, Consumer consumer, Certified key) {
    had.computeIfAbsent(place, unused -> new HashSet<>()).add(key.algorithm());
    Cell cell = new Cell(consumer.name(), key.algorithm());
    Optional<Refusal> refusal = Optional.ofNullable(consumer.refusals().get(key.algorithm()));
    refusal.ifPresent(expected -> refused.put(cell, expected.reason()));
    boolean refuses = refusal.isPresent();
    try {
      consumer.use().of(key);
      verified.merge(cell, 1, Integer::sum);
      if (refuses) {
        surprises.add(place + ", " + cell + ": works, although it is said not to");
      }
    } catch (Exception | AssertionError e) {
      if (!refuses || !String.valueOf(e.getMessage()).contains(refusal.get().message())) {
        surprises.add(place + ", " + cell + ": " + e);
      }
    }
  }

  List<String> surprises() {
    return List.copyOf(surprises);
  }

  /** Libraries with the number of places where each works, then places with what each has. */
  String tables(List<Consumer> consumers, List<SigningAlgorithm> algorithms) {
    StringBuilder tables = new StringBuilder();
    head(tables, "library", algorithms);
    int all = 0;
    for (Consumer consumer : consumers) {
      tables.append("| ").append(consumer.name()).append(" |");
      for (SigningAlgorithm algorithm : algorithms) {
        Cell cell = new Cell(consumer.name(), algorithm);
        int count = verified.getOrDefault(cell, 0);
        all += count;
        cell(tables, count == 0 ? "no: " + refused.get(cell) : Integer.toString(count));
      }
      tables.append('\n');
    }
    tables.append("\nThese are ").append(all).append(" signatures, made in these places:\n\n");
    head(tables, "place", algorithms);
    for (Places place : Places.values()) {
      tables.append("| ").append(place.title()).append(" |");
      for (SigningAlgorithm algorithm : algorithms) {
        boolean has = had.getOrDefault(place, Set.of()).contains(algorithm);
        cell(tables, has ? "yes" : "no: " + place.lacking().get(algorithm));
      }
      tables.append('\n');
    }
    return tables.toString();
  }

  private static void head(StringBuilder table, String first, List<SigningAlgorithm> algorithms) {
    table.append("| ").append(first).append(" |");
    algorithms.forEach(algorithm -> cell(table, "`" + algorithm + "`"));
    table.append("\n|---|").append("---|".repeat(algorithms.size())).append('\n');
  }

  private static void cell(StringBuilder table, String text) {
    table.append(' ').append(text).append(" |");
  }
}
