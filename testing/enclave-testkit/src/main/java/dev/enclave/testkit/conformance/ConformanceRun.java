package dev.enclave.testkit.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.BackendHarness;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the contracts of {@link dev.enclave.testkit.contract.KeysContract} against one backend, in
 * this process and thread, with JUnit's launcher. Touches no key but its own. Makes keys and leaves
 * them: {@link ConformanceReport#names()} says which.
 */
public final class ConformanceRun {

  private final BackendHarness harness;

  /** A run against {@code harness}. */
  public ConformanceRun(BackendHarness harness) {
    this.harness = harness;
  }

  /**
   * Runs them.
   *
   * @param progress is told of every test as it ends
   */
  public ConformanceReport run(Consumer<ConformanceReport.Result> progress) {
    return run(harness, "", progress);
  }

  /**
   * Runs them as often as needed for every contract to have each algorithm: in each run the backend
   * offers one for signing and, while there is another, one for wrapping. The names of the results
   * end with the algorithms of their run, as {@code changesNothing_bySigning [ED25519]}.
   *
   * @param algorithms what the backend offers, one for signing among them
   * @param progress is told of every test as it ends
   * @throws IllegalArgumentException without one for signing: contracts sign
   * @throws BackendFailure when the backend cannot be opened
   */
  public ConformanceReport run(
      Collection<KeyAlgorithm> algorithms, Consumer<ConformanceReport.Result> progress)
      throws BackendFailure {
    List<ConformanceReport.Result> results = new ArrayList<>();
    SortedSet<KeyName> names = new TreeSet<>();
    for (Set<KeyAlgorithm> round : rounds(algorithms)) {
      ConformanceReport report =
          run(
              chosen(round),
              round.stream().map(KeyAlgorithm::name).collect(Collectors.joining(", ", " [", "]")),
              progress);
      results.addAll(report.results());
      names.addAll(report.names());
    }
    return new ConformanceReport(results, names);
  }

  /**
   * Runs them once, with a backend that offers these algorithms alone; as with {@link
   * #run(Consumer)}, most contracts use the first of them.
   *
   * @throws BackendFailure when the backend cannot be opened
   */
  public ConformanceReport runTogether(
      Collection<KeyAlgorithm> algorithms, Consumer<ConformanceReport.Result> progress)
      throws BackendFailure {
    return run(chosen(Set.copyOf(algorithms)), "", progress);
  }

  private BackendHarness chosen(Set<KeyAlgorithm> round) throws BackendFailure {
    try (SigningBackend declared = harness.provider().open(harness.context())) {
      return ChosenAlgorithms.of(harness, declared, round);
    }
  }

  /**
   * The algorithms of each run, in the order of {@link KeyAlgorithm#all}.
   *
   * @throws IllegalArgumentException without one for signing
   */
  public static List<Set<KeyAlgorithm>> rounds(Collection<KeyAlgorithm> algorithms) {
    List<KeyAlgorithm> signing = of(KeyPurpose.SIGN, algorithms);
    List<KeyAlgorithm> wrapping = of(KeyPurpose.WRAP, algorithms);
    if (signing.isEmpty()) {
      throw new IllegalArgumentException(
          "The contracts sign, and none of " + algorithms + " does. Add one that signs.");
    }
    List<Set<KeyAlgorithm>> rounds = new ArrayList<>();
    for (int i = 0; i < Math.max(signing.size(), wrapping.size()); i++) {
      Set<KeyAlgorithm> round = new LinkedHashSet<>();
      round.add(signing.get(i % signing.size()));
      if (i < wrapping.size()) {
        round.add(wrapping.get(i));
      }
      rounds.add(round);
    }
    return rounds;
  }

  private static List<KeyAlgorithm> of(KeyPurpose purpose, Collection<KeyAlgorithm> algorithms) {
    return KeyAlgorithm.all().stream()
        .filter(algorithm -> algorithm.purpose() == purpose && algorithms.contains(algorithm))
        .toList();
  }

  private static ConformanceReport run(
      BackendHarness harness, String suffix, Consumer<ConformanceReport.Result> progress) {
    Set<KeyName> names = new ConcurrentSkipListSet<>();
    Consumer<KeyName> before = harness.names();
    BackendHarness naming =
        harness.naming(
            name -> {
              names.add(name);
              before.accept(name);
            });
    ResultListener listener = new ResultListener(suffix, progress);
    // Only what this run adds itself: listeners of the class path belong to a build.
    LauncherConfig config =
        LauncherConfig.builder()
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableLauncherDiscoveryListenerAutoRegistration(false)
            .enablePostDiscoveryFilterAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .build();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(GivenKeysContract.class))
            .enableImplicitConfigurationParameters(false)
            .build();
    try (LauncherSession session = LauncherFactory.openSession(config)) {
      session.getStore().put(Namespace.GLOBAL, HarnessParameter.KEY, naming);
      session.getLauncher().execute(request, listener);
    }
    return listener.report(names);
  }
}
