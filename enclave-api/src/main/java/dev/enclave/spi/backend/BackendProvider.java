package dev.enclave.spi.backend;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Opens a backend from configuration. Found by {@link java.util.ServiceLoader} or handed to {@code
 * EnclaveFactory.Builder.with}.
 *
 * <p>A public no-argument constructor that does nothing: no I/O, no threads, no SDK classes loaded.
 * Stateless and thread-safe.
 */
public interface BackendProvider {

  /** The backend's id; unique on a class path. */
  BackendId id();

  /**
   * The settings under {@code enclave.<id>.} that it understands; all others are errors. None
   * unless a provider says so.
   */
  default List<SettingSpec> settings() {
    return List.of();
  }

  /** The best assurance its keys can have here; the engine compares it with the policy. */
  Assurance assuranceCeiling();

  /**
   * Whether this is a place for this backend, judged by what the detectors found, configuration,
   * variables and files alone: no network, no SDK. {@code Inconclusive} backends are not chosen
   * unless configured explicitly.
   */
  Detection detect(DetectionContext context);

  /**
   * What {@link #open} would create here that is not there yet, such as a key directory, one phrase
   * each; so that a diagnosis can say so instead of creating it. Nothing for most backends.
   *
   * @throws BackendFailure when it could not be opened anyhow
   */
  default List<String> createsOnOpening(BackendContext context) throws BackendFailure {
    return List.of();
  }

  /**
   * Opens the backend. May do I/O. The engine opens again, for half a minute at most, what failed
   * with TRANSIENT or THROTTLED; so one attempt is enough, and what failed leaves nothing open.
   *
   * @throws BackendFailure when it cannot be opened; {@link FailureCode#MISCONFIGURED} names the
   *     setting
   */
  SigningBackend open(BackendContext context) throws BackendFailure;
}
