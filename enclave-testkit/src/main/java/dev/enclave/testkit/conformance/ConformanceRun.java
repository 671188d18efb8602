package dev.enclave.testkit.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.enclave.KeyName;
import dev.enclave.testkit.contract.BackendHarness;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
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
    Set<KeyName> names = new ConcurrentSkipListSet<>();
    Consumer<KeyName> before = harness.names();
    BackendHarness naming =
        harness.naming(
            name -> {
              names.add(name);
              before.accept(name);
            });
    ResultListener listener = new ResultListener(progress);
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
