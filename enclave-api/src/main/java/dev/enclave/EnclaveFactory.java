package dev.enclave;

import dev.enclave.admin.RotationListener;
import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import dev.enclave.internal.opening.EnclaveEngine;
import dev.enclave.internal.texts.Texts;
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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Opens an {@link Enclave}. Call it once at start-up and keep the result for the service's life.
 */
public final class EnclaveFactory {

  private EnclaveFactory() {}

  /**
   * Detects the environment, chooses the backend, checks the policy and opens.
   *
   * @throws ConfigurationException when a setting or the class path is wrong
   * @throws PolicyException when the environment's policy is not met; the message lists every
   *     reason
   * @throws ConnectivityException when the chosen backend does not answer
   */
  public static Enclave detect() {
    return builder().open();
  }

  /** A builder for tests, frameworks and overrides. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects what differs from the default. Not thread-safe. */
  public static final class Builder {

    private final List<ConfigSource> sources = new ArrayList<>();
    private final List<ConfigSource> overrides = new ArrayList<>();
    private final List<BackendProvider> providers = new ArrayList<>();
    private final List<EnvironmentDetector> detectors = new ArrayList<>();
    private final List<AuditOutput> auditOutputs = new ArrayList<>();
    private final List<CallObserver> observers = new ArrayList<>();
    private final List<RotationListener> rotationListeners = new ArrayList<>();
    private @Nullable DeferralProvider deferral;
    private @Nullable AuditSink auditSink;
    private @Nullable EnvironmentSnapshot environment;
    private @Nullable SecretSource secrets;
    private @Nullable TimeSource time;
    private @Nullable TaskScheduler scheduler;
    private @Nullable Path configFile;
    private boolean discovery = true;
    private @Nullable SecureRandom random;

    private Builder() {}

    /**
     * Adds settings of the application, such as those of its framework's files. They win over those
     * given here before and over {@code enclave.properties} on the class path. The file of {@code
     * ENCLAVE_CONFIG}, variables and system properties win over them.
     */
    public Builder config(ConfigSource source) {
      sources.add(source);
      return this;
    }

    /**
     * Adds settings that win over every other source, and over those given here before: for what an
     * operator writes on the application's own command line, and for tests.
     */
    public Builder override(ConfigSource source) {
      overrides.add(source);
      return this;
    }

    /** Reads this properties file in place of the one named by {@code ENCLAVE_CONFIG}. */
    public Builder configFile(Path file) {
      this.configFile = file;
      return this;
    }

    /** Adds a backend provider to the discovered ones. */
    public Builder with(BackendProvider provider) {
      providers.add(Objects.requireNonNull(provider));
      return this;
    }

    /** Adds a detector to the discovered ones. */
    public Builder with(EnvironmentDetector detector) {
      detectors.add(Objects.requireNonNull(detector));
      return this;
    }

    /** Adds an output that audit records go to beside the audit log. */
    public Builder with(AuditOutput output) {
      auditOutputs.add(Objects.requireNonNull(output));
      return this;
    }

    /** Adds an observer, which is told of every operation when it has ended. */
    public Builder observer(CallObserver observer) {
      observers.add(Objects.requireNonNull(observer));
      return this;
    }

    /** Adds a listener, which is told of each key that the Enclave rotates by itself. */
    public Builder onRotation(RotationListener listener) {
      rotationListeners.add(Objects.requireNonNull(listener));
      return this;
    }

    /**
     * Keeps deferred operations here, in place of what is discovered.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when one was given already
     */
    public Builder deferral(DeferralProvider provider) {
      deferral = only(DeferralProvider.class, deferral, provider);
      return this;
    }

    /**
     * Records into this sink in place of the audit log.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when a sink was given already
     */
    public Builder with(AuditSink sink) {
      auditSink = only(AuditSink.class, auditSink, sink);
      return this;
    }

    /**
     * Takes variables, system properties and files from this snapshot in place of the process.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when a snapshot was given already
     */
    public Builder with(EnvironmentSnapshot snapshot) {
      environment = only(EnvironmentSnapshot.class, environment, snapshot);
      return this;
    }

    /**
     * Asks this source for secret settings.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when a source was given already
     */
    public Builder with(SecretSource source) {
      secrets = only(SecretSource.class, secrets, source);
      return this;
    }

    /**
     * Goes by this clock in place of the machine's.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when a clock was given already
     */
    public Builder with(TimeSource clock) {
      time = only(TimeSource.class, time, clock);
      return this;
    }

    /**
     * Rotates keys that are due on the threads of this scheduler, in place of a thread of the
     * engine's own.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when one was given already
     */
    public Builder scheduler(TaskScheduler tasks) {
      scheduler = only(TaskScheduler.class, scheduler, tasks);
      return this;
    }

    private static <T> T only(Class<T> type, @Nullable T before, T given) {
      if (before != null) {
        throw Texts.SECOND_GIVEN.as(ErrorCode.INVALID_ARGUMENT, type.getSimpleName());
      }
      return Objects.requireNonNull(given);
    }

    /** Whether providers and detectors on the class path are used; on unless switched off. */
    public Builder discovery(boolean on) {
      this.discovery = on;
      return this;
    }

    /** The source of randomness for keys, nonces and jitter. */
    public Builder random(SecureRandom source) {
      this.random = source;
      return this;
    }

    /** Opens, as {@link EnclaveFactory#detect()} does. */
    public Enclave open() {
      return engine().open(request());
    }

    /**
     * Reports what {@link #open()} would do and why, without creating or using any key. Never fails
     * because of what it finds; that is in the report.
     */
    public Diagnosis diagnose() {
      return engine().diagnose(request(), false);
    }

    /**
     * As {@link #diagnose()}, and asks the chosen backend which permissions that signing and
     * creating need are there; a missing one is an error of the report. Changes nothing.
     */
    public Diagnosis probe() {
      return engine().diagnose(request(), true);
    }

    /**
     * Reports which backend {@link #open()} would choose and why, from configuration and detection
     * alone: no backend is opened or asked, and no file of the audit log looked at. So it also
     * tells where a configuration would land on a platform that this machine is not, when {@link
     * #with(EnvironmentSnapshot)} gave that platform's variables. Never fails because of what it
     * finds.
     */
    public Diagnosis rehearse() {
      return engine().rehearse(request());
    }

    /**
     * Verifies the audit log that the configuration names.
     *
     * @throws ConfigurationException when no audit directory is configured or it cannot be read
     */
    public AuditVerification verifyAuditLog() {
      return auditLog().verify();
    }

    /** The audit log that the configuration names, for those who look after it. */
    public AuditLog auditLog() {
      return engine().auditLog(request());
    }

    private EnclaveEngine.Request request() {
      return new EnclaveEngine.Request(
          sources,
          overrides,
          Optional.ofNullable(configFile),
          new EnclaveEngine.Parts(
              providers,
              detectors,
              auditOutputs,
              observers,
              rotationListeners,
              Optional.ofNullable(deferral),
              Optional.ofNullable(auditSink),
              Optional.ofNullable(environment),
              Optional.ofNullable(secrets),
              Optional.ofNullable(time),
              Optional.ofNullable(scheduler),
              Optional.ofNullable(random)),
          discovery);
    }

    private static EnclaveEngine engine() {
      Iterator<EnclaveEngine> found =
          ServiceLoader.load(EnclaveEngine.class, EnclaveEngine.class.getClassLoader()).iterator();
      if (!found.hasNext()) {
        throw Texts.NO_ENGINE.as(ErrorCode.ENGINE_NOT_FOUND);
      }
      return found.next();
    }
  }
}
