package dev.enclave.benchmarks.report;

import dev.enclave.benchmarks.cloud.Crowd;
import dev.enclave.benchmarks.cloud.RemoteClouds;
import dev.enclave.benchmarks.duel.Duel;
import dev.enclave.benchmarks.measure.Case.Operation;
import dev.enclave.benchmarks.measure.Case.OwnCost;
import dev.enclave.benchmarks.measure.Case.Row;
import dev.enclave.benchmarks.measure.Opening;
import dev.enclave.benchmarks.measure.Programme;
import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Settings;
import dev.enclave.benchmarks.setting.SoftwareStore;
import dev.enclave.benchmarks.setting.Trail;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The figures beside what they are meant to be. It says so; whoever reads it judges. */
public final class Targets {

  private static final double MOST_OWN_NANOS = 1_500;
  private static final double MOST_OWN_BYTES = 1_024;
  private static final double MOST_OPENING_MILLIS = 300;
  private static final int LARGE_STORE = 10_000;
  private static final int MANY_KEYS = 10_000;
  private static final double MOST_LISTING_MILLIS = 5_000;
  private static final double LEAST_HANDSHAKES = 200;

  private final Settings settings;
  private final Figures figures;
  private final List<List<String>> rows = new ArrayList<>();

  private Targets(Settings settings, Figures figures) {
    this.settings = settings;
    this.figures = figures;
  }

  public static List<String> lines(Settings settings, Figures figures) {
    Targets targets = new Targets(settings, figures);
    targets.speed();
    targets.audit();
    targets.remote();
    targets.ownCost();
    targets.opening();
    List<String> lines = new ArrayList<>();
    lines.add("Targets");
    lines.addAll(Columns.of(targets.rows));
    return lines;
  }

  private void speed() {
    ofRaw(Scheme.P256, 0.90);
    ofRaw(Scheme.SECP256K1, 0.90);
    ofRaw(Scheme.ED25519, 0.85);
    ofRaw(Scheme.RSA_2048, 0.98);
    if (settings.schemes().contains(Scheme.RSA_4096)) {
      ofRaw(Scheme.RSA_4096, 0.98);
    }
    boolean other = settings.jdk17().isPresent();
    int jdk = other ? 17 : Runtime.version().feature();
    times(Contender.BOUNCY_CASTLE, "Bouncy Castle", 4);
    times(
        other ? Contender.JDK_17 : Contender.JDK,
        "SunEC of JDK " + jdk + (jdk == 17 ? "" : " (the target means 17)"),
        30);
  }

  private void ofRaw(Scheme scheme, double least) {
    atLeast(
        scheme.title() + " sign, part of the raw engine",
        figures
            .duel(Programme.against(scheme, 1))
            .map(result -> result.ratio(Duel.Side.ENCLAVE, Duel.Side.RAW)),
        least,
        "%.2f");
  }

  private void audit() {
    atLeast(
        "P-256 sign, 64 threads, durable audit, part of audit off",
        figures
            .duel(Programme.audited(64))
            .map(result -> result.ratio(Duel.Side.AUDIT_DURABLE, Duel.Side.AUDIT_OFF)),
        0.5,
        "%.2f");
  }

  private void remote() {
    for (RemoteCloud cloud : RemoteClouds.ALL) {
      for (int threads : List.of(1, 16)) {
        String where =
            "P-256 sign at "
                + cloud.title()
                + ", "
                + (threads == 1 ? "1 caller" : threads + " callers");
        Optional<Duel.Result> result = figures.duel(Programme.remote(cloud, threads));
        atLeast(
            where + ", part of its own client and verification",
            result.map(r -> r.ratio(Duel.Side.CLOUD, Duel.Side.CLIENT)),
            0.97,
            "%.3f");
        atLeast(
            where + ", part of the same with two bare lines forced",
            result.map(r -> r.ratio(Duel.Side.CLOUD, Duel.Side.CLIENT_LOGGED)),
            0.97,
            "%.3f");
      }
      atLeast(
          "TLS 1.3 handshakes a second with a key at " + cloud.title(),
          figures
              .duel(Programme.handshake(cloud, Programme.HANDSHAKES))
              .map(r -> r.rate(Duel.Side.TLS_CLOUD)),
          LEAST_HANDSHAKES,
          "%,.0f");
      atMost(
          String.format(
              Locale.ROOT, "listing the names of %,d keys at %s", MANY_KEYS, cloud.title()),
          figures
              .crowd(new Crowd.Place(cloud, MANY_KEYS))
              .map(crowd -> Opening.medianMillis(crowd.listing())),
          MOST_LISTING_MILLIS,
          "%,.0f ms");
    }
  }

  private void times(Contender contender, String name, double least) {
    atLeast("P-256 sign, times " + name, ratio(Scheme.P256, contender), least, "%.1f");
  }

  private Optional<Double> ratio(Scheme scheme, Contender other) {
    Row row = new Row(scheme, Operation.SIGN, 1);
    return figures.ratio(row.of(Contender.ENCLAVE), row.of(other));
  }

  private void ownCost() {
    for (Scheme scheme : List.of(Scheme.P256, Scheme.ED25519)) {
      OwnCost cost = new OwnCost(scheme, Trail.NONE);
      atMost(
          "own cost, " + scheme.title(),
          figures.score(cost).map(Score::mean),
          MOST_OWN_NANOS,
          "%,.0f ns");
      atMost(
          "own allocation, " + scheme.title(), figures.allocation(cost), MOST_OWN_BYTES, "%,.0f B");
    }
  }

  private void opening() {
    for (SoftwareStore protection : SoftwareStore.values()) {
      atMost(
          String.format(Locale.ROOT, "opening %,d keys cold, %s", LARGE_STORE, protection.title()),
          figures
              .opening(new Opening.Store(protection, LARGE_STORE))
              .map(opening -> Opening.medianMillis(opening.cold())),
          MOST_OPENING_MILLIS,
          "%,.0f ms");
    }
  }

  private void atLeast(String what, Optional<Double> figure, double least, String format) {
    add(what, "at least", figure, least, figure.filter(f -> f >= least).isPresent(), format);
  }

  private void atMost(String what, Optional<Double> figure, double most, String format) {
    add(what, "at most", figure, most, figure.filter(f -> f <= most).isPresent(), format);
  }

  private void add(
      String what, String how, Optional<Double> figure, double target, boolean met, String format) {
    rows.add(
        List.of(
            what,
            how + " " + String.format(Locale.ROOT, format, target),
            figure.map(f -> String.format(Locale.ROOT, format, f)).orElse("not measured"),
            figure.isEmpty() ? "-" : met ? "met" : "NOT MET"));
  }
}
