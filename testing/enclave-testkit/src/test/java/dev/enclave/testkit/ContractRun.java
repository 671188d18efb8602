package dev.enclave.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** How many tests a contract had, and the names of those that failed. */
public record ContractRun(Set<String> failed, int tests) {

  public static ContractRun of(Class<?> contract) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build();
    Listener listener = new Listener();
    LauncherFactory.create().execute(request, listener);
    return listener.run();
  }

  private static final class Listener implements TestExecutionListener {

    private final Set<String> failed = new TreeSet<>();
    private int tests;

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        tests++;
      }
      if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
        failed.add(test.getDisplayName().replace("()", ""));
      }
    }

    synchronized ContractRun run() {
      return new ContractRun(failed, tests);
    }
  }
}
