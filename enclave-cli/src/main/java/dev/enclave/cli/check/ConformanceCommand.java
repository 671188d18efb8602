package dev.enclave.cli.check;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.opening.BackendConfigurator;
import dev.enclave.internal.opening.BackendConfigurator.Configured;
import dev.enclave.spi.backend.ConformanceSupport;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.testkit.conformance.ConformanceReport;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave conformance}. */
@Command(
    name = "conformance",
    sortOptions = false,
    description = {
      "Run the contracts of a backend against the account the configuration points at.",
      "Makes keys there, uses them and destroys them. Without --yes, says what that costs."
    })
public final class ConformanceCommand implements Callable<Integer> {

  private static final String EVERY = "all";

  private final Session session;

  @Option(
      names = "--backend",
      required = true,
      paramLabel = "ID",
      description = "The backend, for example aws-kms.")
  private String backend = "";

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      description = {
        "Run all contracts with this algorithm alone; repeatable, and all for every algorithm",
        "that the policy allows. Without this option one run covers all algorithms, and most",
        "contracts use the first."
      })
  private List<String> algorithms = List.of();

  @Option(names = "--yes", description = "Run. Without it, nothing is done.")
  private boolean yes;

  public ConformanceCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    BackendId id = new BackendId(backend);
    BackendConfigurator configurator = Session.configurator();
    Configured configured = configurator.configured(session.request(), id);
    session.print("backend:     " + id);
    session.print("environment: " + configured.context().environment());
    settings(configured).forEach(setting -> session.print("setting:     " + setting));
    List<KeyAlgorithm> chosen = chosen(configured.algorithms());
    session.print("algorithms:  " + named(algorithms.isEmpty() ? configured.algorithms() : chosen));
    session.print("estimate:    " + estimate(configured) + runs(chosen));
    session.print(Texts.CONTRACT_KEYS.with());
    if (!yes) {
      session.print("");
      session.print(
          Texts.NOTHING_WAS_RUN.with(
              id,
              algorithms.stream()
                  .map(name -> Texts.WITH_ALGORITHM.with(name))
                  .collect(Collectors.joining())));
      return 0;
    }
    ConformanceSession run =
        new ConformanceSession(configurator, configured, chosen, session::print);
    ConformanceReport report = run.run();
    return summary(report, run.leftBehind());
  }

  /** Those that the options name, under the policy; none if the options name none. */
  private List<KeyAlgorithm> chosen(List<KeyAlgorithm> allowed) {
    if (algorithms.contains(EVERY)) {
      return allowed;
    }
    List<KeyAlgorithm> chosen = algorithms.stream().map(KeyAlgorithm::parse).distinct().toList();
    for (KeyAlgorithm algorithm : chosen) {
      if (!allowed.contains(algorithm)) {
        throw Texts.ALGORITHM_NOT_ALLOWED.as(
            ErrorCode.ALGORITHM_NOT_ALLOWED, algorithm, named(allowed));
      }
    }
    return chosen;
  }

  private static String named(List<KeyAlgorithm> algorithms) {
    return algorithms.stream().map(KeyAlgorithm::name).collect(Collectors.joining(", "));
  }

  /** Which of them the backend offers is known once it is open. */
  private static String runs(List<KeyAlgorithm> chosen) {
    return chosen.size() < 2 ? "" : Texts.FOR_EACH_RUN.with(chosen.size());
  }

  /** What says where the run goes: the place itself is asked nothing before --yes. */
  private static List<String> settings(Configured configured) {
    return configured.provider().settings().stream()
        .filter(spec -> !spec.secret())
        .flatMap(
            spec ->
                configured
                    .context()
                    .settings()
                    .get(spec.name())
                    .map(
                        value ->
                            configured.context().settings().fullName(spec.name()) + " = " + value)
                    .stream())
        .toList();
  }

  /** A failure of several lines as several lines, below each other. */
  private void printLines(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    for (int i = 0; i < lines.size(); i++) {
      session.print((i == 0 ? "" : "          ") + lines.get(i));
    }
  }

  private static String estimate(Configured configured) {
    if (configured.provider() instanceof ConformanceSupport support) {
      Estimate estimate = support.estimate();
      return Texts.ESTIMATE.with(estimate.keys(), estimate.requests(), estimate.cost());
    }
    return Texts.COSTS_NOTHING.with();
  }

  private int summary(ConformanceReport report, List<String> left) {
    session.print("");
    report
        .byContract()
        .forEach(
            (contract, results) -> {
              long passed = results.stream().filter(ConformanceReport.Result::passed).count();
              session.print(
                  Texts.CONTRACT_RESULT.with(
                      passed == results.size() ? Texts.CONFORMS.with() : Texts.FAILS.with(),
                      contract,
                      passed,
                      results.size()));
            });
    report.results().stream()
        .filter(result -> !result.passed())
        .forEach(
            result ->
                printLines(
                    Texts.TEST_FAILED.with(
                        result.contract(), result.test(), result.problem().orElse(""))));
    left.forEach(what -> printLines(Texts.KEY_LEFT.with(what)));
    session.print("");
    session.print(
        report.conforms()
            ? Texts.ALL_TESTS_PASSED.with(report.results().size())
            : Texts.NOT_EVERY_TEST_PASSED.with());
    return report.conforms() && left.isEmpty() ? 0 : 1;
  }
}
