package dev.enclave.benchmarks.report;

import dev.enclave.benchmarks.cloud.Crowd;
import dev.enclave.benchmarks.duel.Duel;
import dev.enclave.benchmarks.duel.DuelProbe;
import dev.enclave.benchmarks.measure.Case;
import dev.enclave.benchmarks.measure.Opening;
import dev.enclave.benchmarks.measure.OpeningProbe;
import dev.enclave.benchmarks.measure.Programme;
import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.setting.Settings;
import dev.enclave.benchmarks.setting.SoftwareStore;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures the programme, a fork of each case a round, and the opening of stores. */
public final class Measurement {

  private static final String ALLOCATION = "gc.alloc.rate.norm";

  private static final List<String> CORRETTO =
      List.of(
          "-Dcom.amazon.corretto.crypto.provider.registerEdKeyFactory=true",
          "-Dcom.amazon.corretto.crypto.provider.registerEcParams=true");

  private final Settings settings;
  private final PrintStream progress;
  private final Figures figures = new Figures();

  public Measurement(Settings settings, PrintStream progress) {
    this.settings = settings;
    this.progress = progress;
  }

  public Figures run() throws Exception {
    if (!settings.cloudsOnly()) {
      engines();
    }
    clouds();
    if (!settings.cloudsOnly()) {
      for (SoftwareStore protection : SoftwareStore.values()) {
        openings(protection);
      }
    }
    return figures;
  }

  private void engines() throws Exception {
    for (int round = 1; round <= settings.rounds(); round++) {
      for (Case next : Programme.cases(settings)) {
        progress.printf(
            Locale.ROOT, "[%d/%d] %s: %s%n", round, settings.rounds(), next.title(), fork(next));
      }
    }
    for (Duel duel : Programme.duels(settings)) {
      duel(duel);
    }
    for (Duel duel : Programme.auditDuels()) {
      duel(duel);
    }
  }

  private void clouds() throws Exception {
    for (Duel duel : Programme.remoteDuels()) {
      duel(duel);
    }
    for (Duel duel : Programme.handshakes()) {
      duel(duel);
    }
    for (Crowd.Place place : Programme.crowds(settings)) {
      progress.printf(Locale.ROOT, "%s with %,d keys%n", place.cloud().title(), place.keys());
      figures.add(place, Crowd.measure(place, settings.listings()));
    }
  }

  private void duel(Duel duel) throws Exception {
    Duel.Result result = DuelProbe.inFreshJvm(duel, settings, CORRETTO);
    figures.add(duel, result);
    for (Duel.Side side : duel.sides().subList(1, duel.sides().size())) {
      progress.printf(
          Locale.ROOT,
          "%s, by turns, %s: %.3f%n",
          duel.title(),
          side.title(),
          result.ratio(side, duel.sides().get(0)));
    }
  }

  private String fork(Case next) {
    try {
      Collection<RunResult> results = new Runner(options(next)).run();
      results.forEach(result -> keep(next, result));
      return figures
          .score(next)
          .map(s -> String.format(Locale.ROOT, "%,.0f " + next.unit(), s.mean()))
          .orElse("");
    } catch (RunnerException e) {
      return "FAILED: " + e.getMessage();
    }
  }

  private Options options(Case next) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .forks(1)
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(settings.warmupMillis()))
            .measurementIterations(settings.iterations())
            .measurementTime(TimeValue.milliseconds(settings.iterationMillis()))
            .addProfiler(GCProfiler.class)
            .param("directory", settings.directory().toString());
    next.choose(options);
    if (next instanceof Case.Signature signature) {
      asTheContenderNeeds(signature.contender(), options);
    }
    return options.build();
  }

  private void asTheContenderNeeds(Contender contender, ChainedOptionsBuilder options) {
    if (contender == Contender.RAW) {
      options.jvmArgsAppend(CORRETTO.toArray(String[]::new));
    }
    if (contender == Contender.JDK_17) {
      options.jvm(settings.jdk17().orElseThrow().resolve("bin/java").toString());
    }
  }

  private void keep(Case measured, RunResult result) {
    List<Double> scores =
        result.getBenchmarkResults().stream()
            .flatMap(fork -> StreamSupport.stream(fork.getIterationResults().spliterator(), false))
            .map(IterationResult::getPrimaryResult)
            .map(iteration -> iteration.getScore())
            .toList();
    figures.add(measured, scores, allocation(result));
  }

  private static double allocation(RunResult result) {
    return Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATION), ALLOCATION)
        .getScore();
  }

  private void openings(SoftwareStore protection) throws Exception {
    Path directory = Files.createDirectory(settings.directory().resolve(protection.name()));
    for (int keys : settings.storeSizes()) {
      progress.printf(Locale.ROOT, "a store with %s of %,d keys%n", protection.title(), keys);
      OpeningProbe.fill(protection, directory, keys);
      Opening opening = OpeningProbe.inFreshJvm(protection, directory, settings.warmOpenings());
      for (int i = 1; i < settings.coldOpenings(); i++) {
        opening =
            opening.and(OpeningProbe.inFreshJvm(protection, directory, settings.warmOpenings()));
      }
      figures.add(new Opening.Store(protection, keys), opening);
    }
  }
}
