package dev.enclave.core.internal.key.rotation;

import dev.enclave.diagnosis.HealthReport.Finding;
import java.time.Duration;
import java.util.Optional;

/**
 * Work that is done one step at a time. Steps are made one after the other; health may be asked by
 * any thread.
 */
public interface BackgroundWork {

  /** Does what is next, one thing at most; returns how long to wait for what comes then. */
  Duration step();

  /** What is wrong, if anything. */
  Optional<Finding> health();

  /** What is done to keys, for messages, such as {@code rotated}. */
  String done();
}
