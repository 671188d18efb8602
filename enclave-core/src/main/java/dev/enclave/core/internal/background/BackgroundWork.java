package dev.enclave.core.internal.background;

import dev.enclave.diagnosis.HealthReport.Finding;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Work that is done one step at a time. Steps are made one after the other; health may be asked by
 * any thread.
 */
public interface BackgroundWork {

  /** How long to wait for the first step: a minute at least, unless it says otherwise. */
  default Duration first(RandomGenerator random) {
    return PollingIntervals.first(random);
  }

  /** Does what is next, one thing at most; returns how long to wait for what comes then. */
  Duration step();

  /** What is wrong, if anything. */
  Optional<Finding> health();

  /** What is done to keys, for messages, such as {@code rotated}. */
  String done();
}
