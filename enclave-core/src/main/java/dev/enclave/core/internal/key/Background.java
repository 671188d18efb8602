package dev.enclave.core.internal.key;

import dev.enclave.diagnosis.HealthReport.Finding;
import java.util.Optional;

/** What an open Enclave does by itself. Thread-safe. */
public interface Background {

  /** What is wrong, if anything. */
  Optional<Finding> health();

  /** Begins nothing more, and waits a bounded time until what runs has ended. Idempotent. */
  void close();
}
