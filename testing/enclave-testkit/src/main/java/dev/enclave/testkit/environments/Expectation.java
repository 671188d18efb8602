package dev.enclave.testkit.environments;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.error.ErrorCode;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must come of a recorded environment.
 *
 * @param present the detectors that recognise their place
 * @param inconclusive the detectors that are in doubt; all others find their place absent
 * @param environment the environment type where {@code enclave.environment} is not set
 * @param backend the backend chosen with the recording's settings
 * @param refusal else the code that the refusal names, among others
 * @param reason why no backend may be chosen; always there beside a refusal
 */
public record Expectation(
    Set<String> present,
    Set<String> inconclusive,
    EnvironmentType environment,
    Optional<BackendId> backend,
    Optional<ErrorCode> refusal,
    Optional<String> reason) {

  public Expectation {
    present = Set.copyOf(present);
    inconclusive = Set.copyOf(inconclusive);
    Set<String> both = new TreeSet<>(present);
    both.retainAll(inconclusive);
    if (!both.isEmpty()) {
      throw new IllegalArgumentException(both + " cannot be present and inconclusive");
    }
    if (backend.isPresent() == refusal.isPresent()) {
      throw new IllegalArgumentException("either a backend is chosen or there is a refusal");
    }
    if (refusal.isPresent() && reason.isEmpty()) {
      throw new IllegalArgumentException("a refusal needs a reason");
    }
  }
}
