package dev.enclave.core.internal;

import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ConfigurationException;
import java.util.List;

/**
 * One thing that a start opens, from its settings to its end. Features are opened in the order of
 * {@link StartUp#features} and closed in its reverse, each once its opening has begun: also one
 * that has thrown while it was opened.
 */
interface Feature extends AutoCloseable {

  /** What is wrong with its settings. */
  default List<Finding> check(SecurityPolicy policy, Answer answer) {
    return List.of();
  }

  /** Opens it; nothing is recorded as done yet. */
  default void open(Engine engine) {}

  /** Begins what is done once the start is recorded; gives what is done step by step. */
  default List<BackgroundWork> begin(Engine engine) {
    return List.of();
  }

  /** What is wrong while the Enclave is open. */
  default List<Finding> health() {
    return List.of();
  }

  @Override
  default void close() {}

  /** What is wrong with a setting, if reading it fails. */
  static List<Finding> invalid(Runnable reading) {
    try {
      reading.run();
      return List.of();
    } catch (ConfigurationException e) {
      return List.of(Findings.of(e));
    }
  }
}
