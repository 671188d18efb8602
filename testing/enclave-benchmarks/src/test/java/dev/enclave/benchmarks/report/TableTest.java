package dev.enclave.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.benchmarks.cloud.Crowd;
import dev.enclave.benchmarks.cloud.RemoteClouds;
import dev.enclave.benchmarks.duel.Duel;
import dev.enclave.benchmarks.measure.Case;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table and the targets, rendered from figures made up for it. */
class TableTest {

  private static final Settings QUICK =
      Settings.parse(List.of("--quick"), Path.of("nothing-is-written"));

  private static final Row P256 = new Row(Scheme.P256, Operation.SIGN, 1);

  private final Figures figures = new Figures();

  private void score(Case measured, double score) {
    figures.add(measured, List.of(score * 0.99, score, score * 1.01), 2_310);
  }

  @Test
  void dividesByRaw_andByTheOthers() {
    score(P256.of(Contender.ENCLAVE), 58_000);
    score(P256.of(Contender.RAW), 62_000);
    score(P256.of(Contender.BOUNCY_CASTLE), 11_800);
    assertThat(table())
        .containsPattern("P-256 sign +\\| Enclave 58,000/s ±[0-9.]+%, 2,310 B")
        .containsPattern("raw engine 62,000/s ±[0-9.]+% \\(0\\.94\\)")
        .containsPattern("Bouncy Castle 11,800/s ±[0-9.]+% \\(4\\.9x\\)");
  }

  @Test
  void marksWhatWasNotMeasured() {
    assertThat(table()).contains("raw engine -").contains("cold -");
    assertThat(targets()).contains("not measured").doesNotContain("met");
  }

  @Test
  void showsOwnCost_inNanosecondsAndBytes() {
    score(new OwnCost(Scheme.ED25519, Trail.DURABLE), 4_321);
    assertThat(table())
        .containsPattern(
            "Ed25519 \\| audit to files, durable before the result +\\| 4,321 ns ±[0-9.]+% \\| 2,310 B");
  }

  @Test
  void showsOpenings_asMedianAndRange() {
    figures.add(
        new Opening.Store(SoftwareStore.KEY_FILE, 10_000),
        new Opening(List.of(3_000_000L, 1_000_000L, 2_000_000L), List.of(500_000L), List.of(9L)));
    assertThat(table())
        .containsPattern("key file +\\| 10,000 keys +\\| cold 2\\.0 \\(1\\.0 to 3\\.0\\)");
    assertThat(targets())
        .containsPattern("10,000 keys cold, key file +\\| at most 300 ms +\\| 2 ms");
  }

  @Test
  void comparesACloudsOwnClient_andListsItsKeys() {
    Settings all = Settings.parse(List.of(), Path.of("nothing-is-written"));
    RemoteCloud aws = RemoteClouds.of("aws-kms");
    figures.add(
        Programme.remote(aws, 16),
        Duel.Result.parse("CLIENT=700;CLIENT_LOGGED=660;CLOUD=693;CLOUD_UNAUDITED=699"));
    figures.add(
        new Crowd.Place(aws, 10_000),
        new Crowd(
            List.of(4_000_000_000L, 5_100_000_000L, 6_000_000_000L),
            List.of(80_000_000_000L),
            List.of(90_000_000L)));
    assertThat(String.join("\n", new Table(all, figures).lines()))
        .containsPattern(
            "AWS KMS: P-256 sign, 16 threads +\\| its own client and verification 700/s +\\| its own client, two bare lines forced 660/s \\(0\\.943;[^|]*\\| Enclave 693/s \\(0\\.990;[^|]*\\| Enclave, audit off 699/s")
        .containsPattern(
            "AWS KMS +\\| 10,000 keys \\| list all names 5100\\.0 \\(4000\\.0 to 6000\\.0\\) \\| read all keys 80000\\.0[^|]* \\| find one by handle and sign 90\\.0");
    assertThat(String.join("\n", Targets.lines(all, figures)))
        .containsPattern("16 callers, part of its own.* \\| at least 0\\.970 +\\| 0\\.990 +\\| met")
        .containsPattern(
            "16 callers, part of the same with two .* \\| at least 0\\.970 +\\| 1\\.050 +\\| met")
        .containsPattern(
            "names of 10,000 keys at AWS KMS +\\| at most 5,000 ms +\\| 5,100 ms +\\| NOT MET");
  }

  @Test
  void saysWhichTargetsAreMet() {
    score(P256.of(Contender.ENCLAVE), 58_000);
    score(P256.of(Contender.RAW), 62_000);
    score(P256.of(Contender.BOUNCY_CASTLE), 20_000);
    duel(Programme.against(Scheme.P256, 1), 58_000);
    score(new OwnCost(Scheme.P256, Trail.NONE), 1_400);
    assertThat(targets())
        .containsPattern(
            "P-256 sign, part of the raw engine +\\| at least 0\\.90 +\\| 0\\.94 +\\| met")
        .containsPattern(
            "P-256 sign, times Bouncy Castle +\\| at least 4\\.0 +\\| 2\\.9 +\\| NOT MET")
        .containsPattern("own cost, P-256 +\\| at most 1,500 ns +\\| 1,400 ns +\\| met")
        .containsPattern("own allocation, P-256 +\\| at most 1,024 B +\\| 2,310 B +\\| NOT MET");
  }

  @Test
  void dividesNeighbouringSlices_notMeans() {
    figures.add(
        Programme.against(Scheme.P256, 1),
        Duel.Result.parse("RAW=100.0,10.0,60.0;ENCLAVE=90.0,9.5,48.0"));
    assertThat(table())
        .containsPattern(
            "P-256 sign +\\| raw engine 60/s +\\| Enclave 48/s \\(0\\.900; 0\\.80 to 0\\.95\\)");
  }

  @Test
  void comparesAuditLogs() {
    figures.add(
        Programme.audited(64),
        Duel.Result.parse(
            "AUDIT_OFF=1000;AUDIT_BUFFERED=900;AUDIT_AWAITED=500;AUDIT_DURABLE=400;"
                + "AUDIT_OFF:12.41,0.004;AUDIT_AWAITED:22.5,1.04;AUDIT_DURABLE:26.5,1.1"));
    assertThat(table())
        .containsPattern(
            "64 threads +\\| audit off 1,000/s +\\| in files, not awaited 900/s .* 400/s \\(0\\.400");
    assertThat(table())
        .containsPattern(
            "64 threads +\\| audit off 12\\.4 µs, 0\\.00 waits .* 26\\.5 µs, 1\\.10 waits");
    assertThat(targets())
        .containsPattern(
            "64 threads, durable audit.* \\| at least 0\\.50 +\\| 0\\.40 +\\| NOT MET");
  }

  private void duel(Duel duel, double enclave) {
    figures.add(
        duel,
        new Duel.Result(
            Map.of(Duel.Side.RAW, List.of(62_000.0), Duel.Side.ENCLAVE, List.of(enclave))));
  }

  private String table() {
    return String.join("\n", new Table(QUICK, figures).lines());
  }

  private String targets() {
    return String.join("\n", Targets.lines(QUICK, figures));
  }
}
