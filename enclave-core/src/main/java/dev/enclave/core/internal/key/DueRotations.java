package dev.enclave.core.internal.key;

import dev.enclave.ConnectivityException;
import dev.enclave.EnclaveException;
import dev.enclave.ProviderFailureException;
import dev.enclave.RotationResult;
import java.util.List;
import java.util.stream.Collectors;

/** What is thrown when some of the keys that were due could not be rotated. */
final class DueRotations {

  private DueRotations() {}

  /**
   * The first failure, the others suppressed, naming what was rotated all the same: whoever catches
   * it has no other result.
   */
  static EnclaveException failure(List<EnclaveException> failures, List<RotationResult> rotated) {
    EnclaveException first = failures.get(0);
    EnclaveException thrown = rotated.isEmpty() ? first : naming(first, rotated);
    failures.subList(1, failures.size()).forEach(thrown::addSuppressed);
    return thrown;
  }

  private static EnclaveException naming(EnclaveException first, List<RotationResult> rotated) {
    String message =
        first.getMessage()
            + " Rotated all the same: "
            + rotated.stream()
                .map(r -> r.key().handle().name() + " to version " + r.active().id())
                .collect(Collectors.joining(", "))
            + ".";
    EnclaveException thrown =
        switch (first.category()) {
          case CONNECTIVITY ->
              new ConnectivityException(
                  first.code(), message, first.retryable(), first.retryAt().orElse(null));
          case PROVIDER ->
              new ProviderFailureException(
                  first.code(), message, first.retryable(), first.retryAt().orElse(null));
          case USAGE, CONFIGURATION, POLICY, INTEGRITY ->
              EnclaveException.of(first.code(), message);
        };
    thrown.setStackTrace(first.getStackTrace());
    return thrown;
  }
}
