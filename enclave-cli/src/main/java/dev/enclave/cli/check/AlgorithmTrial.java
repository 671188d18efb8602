package dev.enclave.cli.check;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.RotationInterval;
import dev.enclave.cli.text.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.testkit.conformance.ConformanceReport.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which algorithms keys can be made for: a backend declares what its service has, and an account, a
 * region or an older server may have less.
 */
final class AlgorithmTrial {

  private final EnvironmentType environment;
  private final Supplier<CallContext> calls;
  private final List<KeyName> tried = new ArrayList<>();
  private final List<Result> missing = new ArrayList<>();

  AlgorithmTrial(EnvironmentType environment, Supplier<CallContext> calls) {
    this.environment = environment;
    this.calls = calls;
  }

  /** The names of the keys that it made, or may have made. */
  List<KeyName> tried() {
    return tried;
  }

  /** A result for each algorithm that was left out. */
  List<Result> missing() {
    return missing;
  }

  /**
   * Those of {@code wanted} that contracts may take for the first one; all, where no key that signs
   * can be made.
   *
   * @param each whether each is tried, and not only those up to the first that can be made
   */
  List<KeyAlgorithm> made(KeyCreator creator, List<KeyAlgorithm> wanted, boolean each) {
    List<KeyAlgorithm> made = new ArrayList<>();
    for (KeyAlgorithm algorithm : wanted) {
      boolean asked = each || !has(made, algorithm.purpose());
      Optional<String> refusal = asked ? refusal(creator, algorithm) : Optional.empty();
      refusal.ifPresentOrElse(
          problem -> missing.add(result(algorithm, problem)), () -> made.add(algorithm));
    }
    if (has(made, KeyPurpose.SIGN)) {
      return made;
    }
    missing.clear();
    return wanted;
  }

  private static boolean has(List<KeyAlgorithm> algorithms, KeyPurpose purpose) {
    return algorithms.stream().anyMatch(algorithm -> algorithm.purpose() == purpose);
  }

  private Optional<String> refusal(KeyCreator creator, KeyAlgorithm algorithm) {
    CallContext call = calls.get();
    KeyName name = KeyName.of("contract-" + call.operationId().substring(0, 17));
    tried.add(name);
    try {
      creator.create(
          CreateRequest.of(
              name, algorithm, RotationInterval.POLICY, environment, call.operationId()),
          call);
      return Optional.empty();
    } catch (BackendFailure e) {
      return Optional.of(e)
          .filter(failure -> failure.failureClass() == FailureClass.PERMANENT)
          .map(BackendFailure::getMessage);
    }
  }

  private static Result result(KeyAlgorithm algorithm, String problem) {
    return new Result(
        "Algorithms",
        "makesAKey_of" + algorithm.name(),
        Optional.of(Texts.LEFT_OUT_OF_THIS_RUN.with(problem)));
  }
}
