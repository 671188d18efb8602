package dev.enclave.benchmarks.duel;

import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.setting.Scheme;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Contenders that sign by turns in one JVM, a slice of time each, again and again. Machines whose
 * processors are shared change their speed from second to second, by more than many differences
 * that matter; neighbouring slices meet the same speed, so their ratio tells what two separate
 * measurements cannot.
 *
 * @param threads how many sign at once
 * @param sides the first is what the others are divided by
 * @param cloud where the key is, if a service some way off takes part
 */
public record Duel(Scheme scheme, int threads, List<Side> sides, Optional<RemoteCloud> cloud) {

  /** Who signs. */
  public enum Side {
    /** The library that serves the scheme in Enclave, used directly. */
    RAW("raw engine"),
    /** Enclave with the software backend and an audit log in files, not awaited. */
    ENCLAVE("Enclave"),
    /** Enclave over a key in memory that passes for one of an HSM, and a sink that does nothing. */
    AUDIT_OFF("audit off"),
    /** The same with an audit log in files, not awaited. */
    AUDIT_BUFFERED("in files, not awaited"),
    /** The same with a sink whose thread only answers those who wait for it. */
    AUDIT_AWAITED("awaited, nothing written"),
    /** The same with an audit log in files, durable before the signature is handed out. */
    AUDIT_DURABLE("in files, durable"),
    /** A cloud's own client and the same verification, on our server of it 20 ms away. */
    CLIENT("its own client and verification"),
    /** The same, and a bare line forced to the disk before and after each signature. */
    CLIENT_LOGGED("its own client, two bare lines forced"),
    /** Enclave with the cloud's backend on the same server, two durable records a signature. */
    CLOUD("Enclave"),
    /** The same with a sink that does nothing: what is left are no disk's costs. */
    CLOUD_UNAUDITED("Enclave, audit off"),
    /** A server of TLS 1.3 with a key of the JDK: a handshake of it with a client beside it. */
    TLS_JDK("a key of the JDK"),
    /** The same with a key in the cloud, two durable records a handshake. */
    TLS_CLOUD("a key of Enclave there");

    private final String title;

    Side(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  public Duel {
    sides = List.copyOf(sides);
  }

  /** In this process alone. */
  public Duel(Scheme scheme, int threads, List<Side> sides) {
    this(scheme, threads, sides, Optional.empty());
  }

  public String title() {
    return cloud.map(there -> there.title() + ": ").orElse("")
        + scheme.title()
        + (sides.contains(Side.TLS_JDK) ? " handshake" : " sign")
        + (threads == 1 ? "" : ", " + threads + " threads");
  }

  /** Whether a service some way off takes part; then one signature takes longer than many here. */
  public boolean remote() {
    return cloud.isPresent();
  }

  /**
   * What a signature costs the process: where processors are the limit, this is what its rate is
   * made of, and other programs disturb it less.
   *
   * @param micros of processor time
   * @param switches how often a thread gave up its processor to wait
   */
  public record Effort(double micros, double switches) {}

  /**
   * What was measured.
   *
   * @param rates signatures a second of each slice, by side; all lists are as long
   * @param efforts by side, where they are known
   */
  public record Result(Map<Side, List<Double>> rates, Map<Side, Effort> efforts) {

    /** With unknown efforts. */
    public Result(Map<Side, List<Double>> rates) {
      this(rates, Map.of());
    }

    /** The median of a side's slices. */
    public double rate(Side side) {
      return median(of(side));
    }

    /** The median, over all rounds, of one side's slice divided by the other's. */
    public double ratio(Side side, Side other) {
      return median(ratios(side, other));
    }

    /** A quarter of the rounds had less than the first, and a quarter more than the second. */
    public List<Double> quartiles(Side side, Side other) {
      List<Double> sorted = ratios(side, other).stream().sorted().toList();
      return List.of(sorted.get(sorted.size() / 4), sorted.get(sorted.size() * 3 / 4));
    }

    private List<Double> ratios(Side side, Side other) {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < of(side).size(); i++) {
        ratios.add(of(side).get(i) / of(other).get(i));
      }
      return ratios;
    }

    private List<Double> of(Side side) {
      return rates.getOrDefault(side, List.of());
    }

    private static double median(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      return sorted.get(sorted.size() / 2);
    }

    /** One line that {@link #parse} reads. */
    public String line() {
      Stream<String> all =
          rates.entrySet().stream()
              .map(side -> side.getKey().name() + "=" + joined(side.getValue()));
      Stream<String> costs =
          efforts.entrySet().stream()
              .map(
                  side ->
                      side.getKey().name()
                          + ":"
                          + joined(List.of(side.getValue().micros(), side.getValue().switches())));
      return Stream.concat(all, costs).collect(Collectors.joining(";"));
    }

    private static String joined(List<Double> rates) {
      return rates.stream()
          .map(rate -> String.format(Locale.ROOT, "%.3f", rate))
          .collect(Collectors.joining(","));
    }

    public static Result parse(String line) {
      Map<Side, List<Double>> rates = new LinkedHashMap<>();
      Map<Side, Effort> efforts = new LinkedHashMap<>();
      for (String part : line.strip().split(";", -1)) {
        String[] nameAndNumbers = part.split("[=:]", 2);
        Side side = Side.valueOf(nameAndNumbers[0]);
        List<Double> numbers =
            List.of(nameAndNumbers[1].split(",")).stream().map(Double::valueOf).toList();
        if (part.contains("=")) {
          rates.put(side, numbers);
        } else {
          efforts.put(side, new Effort(numbers.get(0), numbers.get(1)));
        }
      }
      return new Result(rates, efforts);
    }
  }
}
