package dev.enclave.internal;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveExtension;
import dev.enclave.EnclaveFactory;
import dev.enclave.audit.AuditLog;
import dev.enclave.diagnosis.Diagnosis;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * The engine behind {@link EnclaveFactory}, found by {@link java.util.ServiceLoader}; {@code
 * enclave-core} provides it. Not for applications.
 */
public interface EnclaveEngine {

  /**
   * What a builder collected.
   *
   * @param sources builder configuration, later wins
   * @param configFile replaces the file named by {@code ENCLAVE_CONFIG}
   * @param extensions explicit instances, in the order given
   * @param discovery whether providers and detectors on the class path are used as well
   * @param random source of randomness; none for the platform's
   */
  record Request(
      List<ConfigSource> sources,
      Optional<Path> configFile,
      List<EnclaveExtension> extensions,
      boolean discovery,
      Optional<SecureRandom> random) {

    public Request {
      sources = List.copyOf(sources);
      extensions = List.copyOf(extensions);
    }
  }

  /** See {@link EnclaveFactory.Builder#open()}. */
  Enclave open(Request request);

  /**
   * See {@link EnclaveFactory.Builder#diagnose()} and {@link EnclaveFactory.Builder#probe()}.
   *
   * @param permissions whether the chosen backend is asked for its permissions
   */
  Diagnosis diagnose(Request request, boolean permissions);

  /** See {@link EnclaveFactory.Builder#rehearse()}. */
  Diagnosis rehearse(Request request);

  /** See {@link EnclaveFactory.Builder#auditLog()}. */
  AuditLog auditLog(Request request);
}
