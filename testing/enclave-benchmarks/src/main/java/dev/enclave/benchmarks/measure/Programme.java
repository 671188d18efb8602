package dev.enclave.benchmarks.measure;

import dev.enclave.benchmarks.cloud.Crowd;
import dev.enclave.benchmarks.cloud.RemoteClouds;
import dev.enclave.benchmarks.duel.Duel;
import dev.enclave.benchmarks.measure.Case.Operation;
import dev.enclave.benchmarks.measure.Case.OwnCost;
import dev.enclave.benchmarks.measure.Case.Row;
import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Settings;
import dev.enclave.benchmarks.setting.Trail;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which cases are measured, in the table's order. */
public final class Programme {

  private static final List<Integer> THREADS = List.of(2, 8);
  private static final List<Integer> AUDIT_THREADS = List.of(1, 8, 64);
  private static final List<Integer> REMOTE_THREADS = List.of(1, 16, 256);

  /** Clients that connect at once. */
  public static final int HANDSHAKES = 16;

  // A signature takes so little that what is around it shows.
  private static final Set<Scheme> FAST = Set.of(Scheme.P256, Scheme.SECP256K1, Scheme.ED25519);

  private Programme() {}

  /** The rows of the table. */
  public static List<Row> rows(Settings settings) {
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
  public static List<Contender> contenders(Row row, Settings settings) {
    boolean everyone = row.operation() != Operation.RECOVER && row.threads() == 1;
    return Arrays.stream(Contender.values())
        .filter(contender -> contender.has(row.scheme()))
        .filter(
            contender -> everyone || contender == Contender.ENCLAVE || contender == Contender.RAW)
        .filter(contender -> contender != Contender.JDK_17 || settings.jdk17().isPresent())
        .toList();
  }

  /** Who takes part in any row. */
  public static List<Contender> contenders(Settings settings) {
    return contenders(new Row(Scheme.P256, Operation.SIGN, 1), settings);
  }

  public static List<OwnCost> ownCosts() {
    List<OwnCost> costs = new ArrayList<>();
    for (Scheme scheme : List.of(Scheme.P256, Scheme.ED25519)) {
      for (Trail trail : List.of(Trail.NONE, Trail.BUFFERED, Trail.DURABLE)) {
        costs.add(new OwnCost(scheme, trail));
      }
    }
    return costs;
  }

  /** Enclave against the raw engine, by turns. */
  public static List<Duel> duels(Settings settings) {
    List<Duel> duels = new ArrayList<>();
    for (Scheme scheme : settings.schemes()) {
      duels.add(against(scheme, 1));
      if (FAST.contains(scheme)) {
        THREADS.forEach(threads -> duels.add(against(scheme, threads)));
      }
    }
    return duels;
  }

  /** Enclave against the raw engine. */
  public static Duel against(Scheme scheme, int threads) {
    return new Duel(scheme, threads, List.of(Duel.Side.RAW, Duel.Side.ENCLAVE));
  }

  /** What the audit log costs, by turns. */
  public static List<Duel> auditDuels() {
    return AUDIT_THREADS.stream().map(Programme::audited).toList();
  }

  /** P-256 without an audit log, and with each kind. */
  public static Duel audited(int threads) {
    return new Duel(
        Scheme.P256,
        threads,
        List.of(
            Duel.Side.AUDIT_OFF,
            Duel.Side.AUDIT_BUFFERED,
            Duel.Side.AUDIT_AWAITED,
            Duel.Side.AUDIT_DURABLE));
  }

  /** A cloud backend against the provider's own client, by turns. */
  public static List<Duel> remoteDuels() {
    return RemoteClouds.ALL.stream()
        .flatMap(cloud -> REMOTE_THREADS.stream().map(threads -> remote(cloud, threads)))
        .toList();
  }

  /** P-256 at our server of a cloud, a little way off. */
  public static Duel remote(RemoteCloud cloud, int threads) {
    return new Duel(
        Scheme.P256,
        threads,
        List.of(
            Duel.Side.CLIENT, Duel.Side.CLIENT_LOGGED, Duel.Side.CLOUD, Duel.Side.CLOUD_UNAUDITED),
        Optional.of(cloud));
  }

  /** A server of TLS with a key at our server of a cloud, a little way off, by turns. */
  public static List<Duel> handshakes() {
    return RemoteClouds.ALL.stream().map(cloud -> handshake(cloud, HANDSHAKES)).toList();
  }

  /** TLS 1.3 with a certificate on P-256. */
  public static Duel handshake(RemoteCloud cloud, int threads) {
    return new Duel(
        Scheme.P256, threads, List.of(Duel.Side.TLS_JDK, Duel.Side.TLS_CLOUD), Optional.of(cloud));
  }

  /** Clouds with many keys. */
  public static List<Crowd.Place> crowds(Settings settings) {
    return RemoteClouds.ALL.stream()
        .map(cloud -> new Crowd.Place(cloud, settings.crowd()))
        .toList();
  }

  /** Everything JMH measures; contenders of a row follow each other. */
  public static List<Case> cases(Settings settings) {
    List<Case> cases = new ArrayList<>();
    for (Row row : rows(settings)) {
      contenders(row, settings).forEach(contender -> cases.add(row.of(contender)));
    }
    cases.addAll(ownCosts());
    return cases;
  }
}
