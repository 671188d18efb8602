package dev.enclave.core.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.admin.RotationListener;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.ConfigurationLoader;
import dev.enclave.core.internal.config.KnownSettings;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.detect.DetectionRun;
import dev.enclave.core.internal.detect.Detections;
import dev.enclave.core.internal.detect.EnvironmentInference;
import dev.enclave.core.internal.detect.OwnDetectors;
import dev.enclave.core.internal.environment.PlatformRandom;
import dev.enclave.core.internal.environment.ProcessEnvironment;
import dev.enclave.core.internal.environment.SystemTime;
import dev.enclave.core.internal.resolve.ClassPath;
import dev.enclave.core.internal.resolve.ProviderRegistry;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import dev.enclave.spi.SecretSource;
import dev.enclave.spi.TaskScheduler;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.deferral.DeferralProvider;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetectors;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.observation.CallObserver;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everything known before a backend is chosen. */
record StartUpContext(
    EnvironmentSnapshot environment,
    TimeSource time,
    SecureRandom random,
    Optional<AuditSink> auditSink,
    AuditOutputs auditOutputs,
    List<CallObserver> observers,
    List<RotationListener> rotationListeners,
    Optional<TaskScheduler> scheduler,
    Optional<DeferralProvider> deferral,
    ClassPath classPath,
    SecretSource secrets,
    ProviderRegistry providers,
    Configuration configuration,
    Detections detections,
    EnvironmentInference inference) {

  /** For an Enclave or a report on one. */
  static StartUpContext of(Request request) {
    return of(request, true);
  }

  /**
   * For work that chooses no backend. No network answer changes the environment type, so none is
   * waited for.
   */
  static StartUpContext withoutBackend(Request request) {
    return of(request, false);
  }

  private static StartUpContext of(Request request, boolean choosing) {
    EnvironmentSnapshot environment =
        request.parts().environment().orElseGet(ProcessEnvironment::capture);
    ClassPath classPath = classPath(request);
    ProviderRegistry providers = providers(request);
    Configuration configuration =
        ConfigurationLoader.load(
            new KnownSettings(providers.settings()),
            environment,
            request.configFile(),
            request.sources(),
            request.overrides(),
            classPath.loader());
    Optional<EnvironmentType> declared = configuration.find(Settings.ENVIRONMENT);
    TimeSource time = clock(request);
    boolean probing =
        choosing && (declared.isEmpty() || configuration.get(Settings.BACKEND.name()).isEmpty());
    Detections detections =
        new DetectionRun(detectors(request, classPath), environment, time).run(probing);
    return new StartUpContext(
        environment,
        time,
        request.parts().random().orElseGet(PlatformRandom::create),
        request.parts().auditSink(),
        new AuditOutputs(request.parts().auditOutputs(), classPath),
        request.parts().observers(),
        request.parts().rotationListeners(),
        request.parts().scheduler(),
        request.parts().deferral(),
        classPath,
        request.parts().secrets().orElse(setting -> Optional.empty()),
        providers,
        configuration,
        detections,
        EnvironmentInference.infer(declared, detections));
  }

  /** The providers alone, for which no configuration is read. */
  static ProviderRegistry providers(Request request) {
    return ProviderRegistry.of(request.parts().providers(), classPath(request));
  }

  /** The clock alone, for which no configuration is read. */
  static TimeSource clock(Request request) {
    return request.parts().time().orElseGet(SystemTime::new);
  }

  /** What opens backends under a policy, for keys or for companions. */
  BackendOpener opener(SecurityPolicy policy, boolean forCompanions) {
    return new BackendOpener(
        providers,
        configuration,
        environment,
        policy,
        inference.declared(),
        forCompanions,
        secrets,
        time,
        random);
  }

  /** The engine's own look always; those of other jars only when discovery is on. */
  private static List<EnvironmentDetector> detectors(Request request, ClassPath classPath) {
    List<EnvironmentDetector> detectors = new ArrayList<>(new OwnDetectors().detectors());
    detectors.addAll(request.parts().detectors());
    detectors.addAll(
        classPath.all(
            EnvironmentDetectors.class,
            EnvironmentDetectors::detectors,
            Texts.UNLOADABLE_DETECTOR.with()));
    return detectors;
  }

  /** The application's loader where there is one: it sees the provider jars a container adds. */
  private static ClassPath classPath(Request request) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return new ClassPath(
        request.discovery(), context == null ? CoreEngine.class.getClassLoader() : context);
  }
}
