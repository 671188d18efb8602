package dev.enclave.benchmarks.report;

import dev.enclave.benchmarks.cloud.Crowd;
import dev.enclave.benchmarks.duel.Duel;
import dev.enclave.benchmarks.measure.Case.OwnCost;
import dev.enclave.benchmarks.measure.Case.Row;
import dev.enclave.benchmarks.measure.Opening;
import dev.enclave.benchmarks.measure.Programme;
import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.setting.Settings;
import dev.enclave.benchmarks.setting.SoftwareStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Renders figures as text: the ratios, Enclave's own cost, the opening of stores. */
public final class Table {

  private static final String NONE = "-";

  private final Settings settings;
  private final Figures figures;

  public Table(Settings settings, Figures figures) {
    this.settings = settings;
    this.figures = figures;
  }

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Operations a second, ± 99 % confidence; in brackets Enclave's figure divided by this one");
    lines.addAll(Columns.of(ratios()));
    lines.add("");
    lines.add(
        "By turns in one JVM: medians, in brackets part of the first (middle half of rounds)");
    lines.addAll(Columns.of(duels(Programme.duels(settings))));
    lines.add("");
    lines.add("The same with a key in memory, by audit log");
    lines.addAll(Columns.of(duels(Programme.auditDuels())));
    lines.add("A signature of it: processor time of the process, waits of its threads");
    lines.addAll(Columns.of(efforts(Programme.auditDuels())));
    lines.add("");
    lines.add("At our server of each cloud in a JVM of its own, every answer 20 ms late");
    lines.addAll(Columns.of(duels(Programme.remoteDuels())));
    lines.add("A server of TLS 1.3 in this JVM with a key there");
    lines.addAll(Columns.of(duels(Programme.handshakes())));
    lines.add("With many keys there: median (least to most) of ms");
    lines.addAll(Columns.of(crowds()));
    lines.add("");
    lines.add("Enclave's own cost: signing with a backend that answers at once");
    lines.addAll(Columns.of(ownCosts()));
    lines.add("");
    lines.add("Opening a store: median (least to most) of ms");
    lines.addAll(Columns.of(openings()));
    return lines;
  }

  private List<List<String>> ratios() {
    List<List<String>> rows = new ArrayList<>();
    for (Row row : Programme.rows(settings)) {
      List<String> cells = new ArrayList<>();
      cells.add(row.title());
      List<Contender> here = Programme.contenders(row, settings);
      for (Contender contender : Programme.contenders(settings)) {
        cells.add(here.contains(contender) ? contender.title() + " " + cell(row, contender) : "");
      }
      rows.add(cells);
    }
    return rows;
  }

  private String cell(Row row, Contender contender) {
    Optional<Score> score = figures.score(row.of(contender));
    if (score.isEmpty()) {
      return NONE;
    }
    String rate = format("%,.0f/s ±%.1f%%", score.get().mean(), 100 * score.get().relativeError());
    Optional<Double> ratio = figures.ratio(row.of(Contender.ENCLAVE), row.of(contender));
    if (contender == Contender.ENCLAVE) {
      Optional<Double> bytes = figures.allocation(row.of(contender));
      return rate + bytes.map(b -> format(", %,.0f B", b)).orElse("");
    }
    if (ratio.isEmpty()) {
      return rate;
    }
    String pattern =
        contender == Contender.RAW ? " (%.2f)" : ratio.get() < 1 ? " (%.2fx)" : " (%.1fx)";
    return rate + format(pattern, ratio.get());
  }

  private List<List<String>> duels(List<Duel> duels) {
    List<List<String>> rows = new ArrayList<>();
    for (Duel duel : duels) {
      List<String> cells = new ArrayList<>(List.of(duel.title()));
      Optional<Duel.Result> result = figures.duel(duel);
      for (Duel.Side side : duel.sides()) {
        Duel.Side first = duel.sides().get(0);
        cells.add(side.title() + " " + result.map(r -> cell(r, side, first)).orElse(NONE));
      }
      rows.add(cells);
    }
    return rows;
  }

  private static String cell(Duel.Result result, Duel.Side side, Duel.Side first) {
    String rate = format("%,.0f/s", result.rate(side));
    if (side == first) {
      return rate;
    }
    List<Double> quartiles = result.quartiles(side, first);
    return rate
        + format(
            " (%.3f; %.2f to %.2f)", result.ratio(side, first), quartiles.get(0), quartiles.get(1));
  }

  private List<List<String>> efforts(List<Duel> duels) {
    List<List<String>> rows = new ArrayList<>();
    for (Duel duel : duels) {
      List<String> cells = new ArrayList<>(List.of(duel.title()));
      for (Duel.Side side : duel.sides()) {
        String effort =
            figures
                .duel(duel)
                .map(result -> result.efforts().get(side))
                .map(e -> format("%.1f µs, %.2f waits", e.micros(), e.switches()))
                .orElse(NONE);
        cells.add(side.title() + " " + effort);
      }
      rows.add(cells);
    }
    return rows;
  }

  private List<List<String>> ownCosts() {
    List<List<String>> rows = new ArrayList<>();
    for (OwnCost cost : Programme.ownCosts()) {
      rows.add(
          List.of(
              cost.scheme().title(),
              "audit " + cost.trail().title(),
              figures
                  .score(cost)
                  .map(s -> format("%,.0f ns ±%.1f%%", s.mean(), 100 * s.relativeError()))
                  .orElse(NONE),
              figures.allocation(cost).map(bytes -> format("%,.0f B", bytes)).orElse(NONE)));
    }
    return rows;
  }

  private List<List<String>> crowds() {
    List<List<String>> rows = new ArrayList<>();
    for (Crowd.Place place : Programme.crowds(settings)) {
      Optional<Crowd> crowd = figures.crowd(place);
      rows.add(
          List.of(
              place.cloud().title(),
              format("%,d keys", place.keys()),
              "list all names " + crowd.map(c -> millis(c.listing())).orElse(NONE),
              "read all keys " + crowd.map(c -> millis(c.reading())).orElse(NONE),
              "find one by handle and sign " + crowd.map(c -> millis(c.one())).orElse(NONE)));
    }
    return rows;
  }

  private List<List<String>> openings() {
    List<List<String>> rows = new ArrayList<>();
    for (SoftwareStore protection : SoftwareStore.values()) {
      for (int keys : settings.storeSizes()) {
        Optional<Opening> opening = figures.opening(new Opening.Store(protection, keys));
        rows.add(
            List.of(
                protection.title(),
                format("%,d keys", keys),
                "cold " + opening.map(o -> millis(o.cold())).orElse(NONE),
                "first signature " + opening.map(o -> millis(o.firstSign())).orElse(NONE),
                "warm " + opening.map(o -> millis(o.warm())).orElse(NONE)));
      }
    }
    return rows;
  }

  private static String millis(List<Long> nanos) {
    long least = nanos.stream().mapToLong(Long::longValue).min().orElse(0);
    long most = nanos.stream().mapToLong(Long::longValue).max().orElse(0);
    return format("%.1f (%.1f to %.1f)", Opening.medianMillis(nanos), least / 1e6, most / 1e6);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
