package dev.enclave.benchmarks;

import dev.enclave.benchmarks.Case.Operation;
import dev.enclave.benchmarks.Case.OwnCost;
import dev.enclave.benchmarks.Case.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which cases are measured, in the table's order. */
final class Programme {

  private static final List<Integer> THREADS = List.of(2, 8);

  private Programme() {}

  /** The rows of the table. */
  static List<Row> rows(Settings settings) {
    List<Row> rows = new ArrayList<>();
    for (Scheme scheme : settings.schemes()) {
      rows.add(new Row(scheme, Operation.SIGN, 1));
      if (scheme == Scheme.P256) {
        THREADS.forEach(threads -> rows.add(new Row(scheme, Operation.SIGN, threads)));
      }
      if (scheme == Scheme.SECP256K1) {
        rows.add(new Row(scheme, Operation.RECOVER, 1));
      }
    }
    for (Scheme scheme : settings.schemes()) {
      rows.add(new Row(scheme, Operation.VERIFY, 1));
    }
    return rows;
  }

  /** Who takes part in a row. */
  static List<Contender> contenders(Row row, Settings settings) {
    boolean everyone = row.operation() != Operation.RECOVER && row.threads() == 1;
    return Arrays.stream(Contender.values())
        .filter(contender -> contender.has(row.scheme()))
        .filter(
            contender -> everyone || contender == Contender.ENCLAVE || contender == Contender.RAW)
        .filter(contender -> contender != Contender.JDK_17 || settings.jdk17().isPresent())
        .toList();
  }

  /** Who takes part in any row. */
  static List<Contender> contenders(Settings settings) {
    return contenders(new Row(Scheme.P256, Operation.SIGN, 1), settings);
  }

  static List<OwnCost> ownCosts() {
    List<OwnCost> costs = new ArrayList<>();
    for (Scheme scheme : List.of(Scheme.P256, Scheme.ED25519)) {
      for (Trail trail : Trail.values()) {
        costs.add(new OwnCost(scheme, trail));
      }
    }
    return costs;
  }

  /** Everything JMH measures; contenders of a row follow each other. */
  static List<Case> cases(Settings settings) {
    List<Case> cases = new ArrayList<>();
    for (Row row : rows(settings)) {
      contenders(row, settings).forEach(contender -> cases.add(row.of(contender)));
    }
    cases.addAll(ownCosts());
    return cases;
  }
}
