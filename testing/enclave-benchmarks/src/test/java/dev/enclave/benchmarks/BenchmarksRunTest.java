package dev.enclave.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.benchmarks.cloud.Crowd;
import dev.enclave.benchmarks.cloud.RemoteClouds;
import dev.enclave.benchmarks.duel.Duel;
import dev.enclave.benchmarks.duel.DuelProbe;
import dev.enclave.benchmarks.measure.Case;
import dev.enclave.benchmarks.measure.Case.Operation;
import dev.enclave.benchmarks.measure.Case.OwnCost;
import dev.enclave.benchmarks.measure.Case.Row;
import dev.enclave.benchmarks.measure.Opening;
import dev.enclave.benchmarks.measure.OpeningProbe;
import dev.enclave.benchmarks.measure.Programme;
import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Settings;
import dev.enclave.benchmarks.setting.SoftwareStore;
import dev.enclave.benchmarks.setting.Trail;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark does its work once, so that none rots between two runs of scripts/bench.sh. */
@Tag("full")
class BenchmarksRunTest {

  private static final long LONGEST_SLICE_NANOS = TimeUnit.SECONDS.toNanos(2);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it
  private static Path directory;

  /** Every contender, with the scheme that most have and one for the rest. */
  static Stream<Case> cases() {
    Stream<Case> signatures =
        Stream.of(Scheme.P256, Scheme.SECP256K1, Scheme.ED25519)
            .flatMap(
                scheme ->
                    Stream.of(Operation.SIGN, Operation.VERIFY)
                        .map(operation -> new Row(scheme, operation, 1)))
            .flatMap(
                row ->
                    Arrays.stream(Contender.values())
                        .filter(contender -> contender.has(row.scheme()))
                        // The same code as the other JDK's, only in another JVM.
                        .filter(contender -> contender != Contender.JDK_17)
                        .map(row::of));
    Row recovery = new Row(Scheme.SECP256K1, Operation.RECOVER, 1);
    Stream<Case> recoveries = Stream.of(Contender.ENCLAVE, Contender.RAW).map(recovery::of);
    Stream<Case> ownCosts =
        Arrays.stream(Trail.values()).map(trail -> new OwnCost(Scheme.P256, trail));
    return Stream.of(signatures, recoveries, ownCosts).flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void runsOnce(Case measured) throws Exception {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .forks(0)
            .mode(Mode.SingleShotTime)
            .warmupIterations(0)
            .measurementIterations(1)
            .param("directory", directory.toString());
    measured.choose(options);
    Collection<RunResult> results = new Runner(options.build()).run();
    assertThat(results).hasSize(1);
  }

  @Test
  void coversEveryMethodOfTheProgramme() {
    List<String> covered = cases().map(BenchmarksRunTest::work).distinct().toList();
    Settings everything = Settings.parse(List.of(), directory);
    assertThat(Programme.cases(everything)).extracting(BenchmarksRunTest::work).isSubsetOf(covered);
  }

  private static String work(Case measured) {
    return measured instanceof Case.Signature signature
        ? signature.row().operation().name()
        : "own cost";
  }

  static Stream<Duel> duels() {
    return Stream.concat(
        Stream.of(
            Programme.against(Scheme.SECP256K1, 2),
            Programme.audited(8),
            Programme.handshake(RemoteClouds.of("aws-kms"), 2)),
        clouds().map(cloud -> Programme.remote(cloud, 2)));
  }

  static Stream<RemoteCloud> clouds() {
    return RemoteClouds.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("duels")
  void measuresByTurns(Duel duel) throws Exception {
    // The processor's time is told in steps of up to 10 ms; waiting for a service takes none.
    Duel.Result result = measured(duel, TimeUnit.MILLISECONDS.toNanos(duel.remote() ? 1 : 50));
    assertThat(Duel.Result.parse(result.line()).rates().keySet())
        .containsExactlyElementsOf(duel.sides());
    assertThat(result.rates().values())
        .allSatisfy(rates -> assertThat(rates).hasSize(2).allMatch(rate -> rate > 0));
    assertThat(Duel.Result.parse(result.line()).efforts().keySet())
        .containsExactlyElementsOf(duel.sides());
    assertThat(result.efforts().values())
        .allMatch(effort -> effort.micros() > 0 || (duel.remote() && effort.micros() == 0));
  }

  /** For longer and longer, where a busy machine leaves so little processor that none is told. */
  private Duel.Result measured(Duel duel, long nanos) throws Exception {
    Duel.Result result = DuelProbe.measure(duel, directory, 0, 2, nanos);
    boolean told = result.efforts().values().stream().allMatch(effort -> effort.micros() > 0);
    return told || duel.remote() || nanos > LONGEST_SLICE_NANOS
        ? result
        : measured(duel, 4 * nanos);
  }

  @ParameterizedTest
  @MethodSource("clouds")
  void listsTheKeysOfACloud(RemoteCloud cloud) throws Exception {
    Crowd crowd = Crowd.measure(new Crowd.Place(cloud, 3), 2);
    assertThat(crowd.listing()).hasSize(2).allMatch(nanos -> nanos > 20_000_000);
    assertThat(crowd.reading()).hasSize(1).allMatch(nanos -> nanos > 20_000_000);
    assertThat(crowd.one()).hasSize(2).allMatch(nanos -> nanos > 20_000_000);
  }

  @ParameterizedTest
  @EnumSource
  void opensAStore_inAJvmOfItsOwn(SoftwareStore protection, @TempDir Path stores) throws Exception {
    OpeningProbe.fill(protection, stores, 1);
    OpeningProbe.fill(protection, stores, 3);
    Opening opening = OpeningProbe.inFreshJvm(protection, stores, 2);
    assertThat(opening.cold()).hasSize(1).allMatch(nanos -> nanos > 0);
    assertThat(opening.firstSign()).hasSize(1).allMatch(nanos -> nanos > 0);
    assertThat(opening.warm()).hasSize(2).allMatch(nanos -> nanos > 0);
  }
}
