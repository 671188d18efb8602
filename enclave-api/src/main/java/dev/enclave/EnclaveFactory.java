package dev.enclave;

import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.internal.EnclaveEngine;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
    private final List<EnclaveExtension> extensions = new ArrayList<>();
    private @Nullable Path configFile;
    private boolean discovery = true;
    private @Nullable SecureRandom random;

    private Builder() {}

    /** Adds settings that win over all given before and all from the environment. */
    public Builder config(ConfigSource source) {
      sources.add(source);
      return this;
    }

    /** Reads this properties file in place of the one named by {@code ENCLAVE_CONFIG}. */
    public Builder configFile(Path file) {
      this.configFile = file;
      return this;
    }

    /**
     * Uses an explicit instance: a backend provider or detector beside the discovered ones, an
     * audit output beside the audit log, or the environment snapshot, audit sink, secret source or
     * time source in place of the default.
     */
    public Builder with(EnclaveExtension extension) {
      extensions.add(extension);
      return this;
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
     * #with} gave that platform's environment snapshot. Never fails because of what it finds.
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
          Optional.ofNullable(configFile),
          extensions,
          discovery,
          Optional.ofNullable(random));
    }

    private static EnclaveEngine engine() {
      Iterator<EnclaveEngine> found =
          ServiceLoader.load(EnclaveEngine.class, EnclaveEngine.class.getClassLoader()).iterator();
      if (!found.hasNext()) {
        throw new ConfigurationException(
            ErrorCode.ENGINE_NOT_FOUND,
            "The Enclave engine is not on the class path. Add a provider artifact, such as"
                + " dev.enclave:enclave-software; it brings dev.enclave:enclave-core.");
      }
      return found.next();
    }
  }
}
