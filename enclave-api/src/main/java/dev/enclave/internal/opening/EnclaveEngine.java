package dev.enclave.internal.opening;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.admin.RotationListener;
import dev.enclave.audit.AuditLog;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.spi.SecretSource;
import dev.enclave.spi.TaskScheduler;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.deferral.DeferralProvider;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.observation.CallObserver;
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
   * @param sources what the application says, later wins
   * @param overrides what wins over files, variables and system properties, later wins
   * @param configFile replaces the file named by {@code ENCLAVE_CONFIG}
   * @param parts explicit instances
   * @param discovery whether providers and detectors on the class path are used as well
   */
  record Request(
      List<ConfigSource> sources,
      List<ConfigSource> overrides,
      Optional<Path> configFile,
      Parts parts,
      boolean discovery) {

    public Request {
      sources = List.copyOf(sources);
      overrides = List.copyOf(overrides);
    }
  }

  /**
   * Instances that a builder was given, in the order given.
   *
   * @param providers beside the discovered ones
   * @param detectors beside the discovered ones
   * @param auditOutputs beside the audit log
   * @param observers told of operations
   * @param rotationListeners told of what the engine rotates by itself
   * @param deferral in place of a discovered one
   * @param auditSink in place of the audit log
   * @param environment in place of the process's
   * @param secrets asked for secret settings
   * @param time in place of the machine's clock
   * @param scheduler in place of a thread of the engine's own
   * @param random in place of the platform's randomness
   */
  record Parts(
      List<BackendProvider> providers,
      List<EnvironmentDetector> detectors,
      List<AuditOutput> auditOutputs,
      List<CallObserver> observers,
      List<RotationListener> rotationListeners,
      Optional<DeferralProvider> deferral,
      Optional<AuditSink> auditSink,
      Optional<EnvironmentSnapshot> environment,
      Optional<SecretSource> secrets,
      Optional<TimeSource> time,
      Optional<TaskScheduler> scheduler,
      Optional<SecureRandom> random) {

    public Parts {
      providers = List.copyOf(providers);
      detectors = List.copyOf(detectors);
      auditOutputs = List.copyOf(auditOutputs);
      observers = List.copyOf(observers);
      rotationListeners = List.copyOf(rotationListeners);
    }

    /** Nothing beside what is discovered, nothing in place of what the process has. */
    public static Parts none() {
      return new Parts(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
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
