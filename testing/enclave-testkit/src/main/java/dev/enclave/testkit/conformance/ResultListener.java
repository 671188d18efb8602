package dev.enclave.testkit.conformance;

import dev.enclave.KeyName;
import dev.enclave.testkit.conformance.ConformanceReport.Result;
import dev.enclave.testkit.contract.KeysContract;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Turns what the launcher tells into results. */
final class ResultListener implements TestExecutionListener {

  private final String suffix;
  private final Consumer<Result> progress;
  private final List<Result> results = new ArrayList<>();

  /** With {@code suffix} after the name of each test. */
  ResultListener(String suffix, Consumer<Result> progress) {
    this.suffix = suffix;
    this.progress = progress;
  }

  /** A container counts only when it failed itself, such as a factory of tests that threw. */
  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult end) {
    if (test.isTest() || end.getStatus() != Status.SUCCESSFUL) {
      add(test, end.getStatus() == Status.SUCCESSFUL ? Optional.empty() : Optional.of(said(end)));
    }
  }

  /** Contracts assert what is absent instead of skipping, so a skipped test is a problem. */
  @Override
  public synchronized void executionSkipped(TestIdentifier test, String reason) {
    add(test, Optional.of("was skipped: " + reason));
  }

  private void add(TestIdentifier test, Optional<String> problem) {
    Optional<MethodSource> method =
        test.getSource()
            .filter(MethodSource.class::isInstance)
            .map((TestSource source) -> (MethodSource) source);
    String contract =
        method
            .map(source -> source.getJavaMethod().getDeclaringClass().getSimpleName())
            .orElse(KeysContract.class.getSimpleName());
    String name = method.map(MethodSource::getMethodName).orElse(test.getDisplayName());
    Result result = new Result(contract, name(name, test.getDisplayName()) + suffix, problem);
    results.add(result);
    progress.accept(result);
  }

  /** What JUnit shows: the method, or one of several tests of it, whose names tell them apart. */
  private static String name(String method, String shown) {
    return shown.startsWith(method) ? shown.replace("()", "") : method + " [" + shown + "]";
  }

  private static String said(TestExecutionResult end) {
    return end.getThrowable()
        .map(thrown -> String.valueOf(thrown.getMessage()))
        .orElse(end.getStatus().toString());
  }

  synchronized ConformanceReport report(Collection<KeyName> names) {
    return new ConformanceReport(results, new TreeSet<>(names));
  }
}
