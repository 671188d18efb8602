package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Fallback;
import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.FallbackChoice;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.fallback.CompanionKeys;
import dev.enclave.core.internal.fallback.FallbackTerms;
import dev.enclave.core.internal.fallback.SharedSink;
import dev.enclave.core.internal.fallback.SoftwareFallback;
import dev.enclave.core.internal.key.ReadingAge;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.key.VersionLife;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.core.internal.resolve.EngineResolution;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.rotation.BackgroundWork;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditSink;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether companions in software sign while the backend does not answer. */
final class Fallbacks {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private Fallbacks() {}

  private static FallbackChoice choice(Configuration configuration) {
    return configuration.get(SettingNames.FALLBACK);
  }

  /** What is wrong with the settings. */
  static List<Finding> obstacles(StartUpContext context, SecurityPolicy policy, Answer answer) {
    List<Finding> obstacles = new ArrayList<>();
    try {
      Configuration configuration = context.configuration();
      FallbackChoice choice = choice(configuration);
      boolean acknowledged = acknowledged(configuration);
      terms(context);
      if (choice == FallbackChoice.SOFTWARE) {
        if (!acknowledged && needsAcknowledgement(policy)) {
          obstacles.add(unacknowledged(context));
        }
        if (!context.inference().declared()) {
          obstacles.add(undeclared(configuration));
        }
        if (!policy.allows(BackendId.SOFTWARE)) {
          obstacles.add(notAllowed(configuration));
        }
        if (answer instanceof Answer.Chosen chosen
            && chosen.resolution().chosen().equals(BackendId.SOFTWARE)) {
          obstacles.add(nothingToFallBackFrom(configuration));
        }
      }
    } catch (ConfigurationException e) {
      obstacles.add(Findings.of(e));
    }
    return obstacles;
  }

  /** Where the policy takes no keys in software, a second line says that it is meant. */
  private static boolean needsAcknowledgement(SecurityPolicy policy) {
    return !Assurance.SOFTWARE.atLeast(policy.minimumAssurance());
  }

  private static boolean acknowledged(Configuration configuration) {
    Optional<String> least = configuration.get(SettingNames.FALLBACK_MINIMUM_ASSURANCE.name());
    if (least.isPresent() && !least.get().equals(Configuration.spelled(Assurance.SOFTWARE))) {
      throw configuration.invalid(
          SettingNames.FALLBACK_MINIMUM_ASSURANCE,
          "software, which is what companions are; remove it where there are none");
    }
    return least.isPresent();
  }

  static FallbackTerms terms(StartUpContext context) {
    Configuration configuration = context.configuration();
    String deployment =
        configuration
            .get(
                SettingNames.FALLBACK_DEPLOYMENT.name(),
                "a name of 1 to 64 characters, such as payments-eu",
                Fallbacks::deployment)
            .orElseGet(() -> Configuration.spelled(context.inference().type()));
    return new FallbackTerms(deployment, configuration.get(SettingNames.FALLBACK_VALID_FOR));
  }

  private static String deployment(String text) {
    if (!Fallback.Endorsement.isDeployment(text)) {
      throw new IllegalArgumentException("no name of a deployment");
    }
    return text;
  }

  private static Finding unacknowledged(StartUpContext context) {
    return Finding.of(
        Severity.ERROR,
        ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED,
        context.configuration().stated(SettingNames.FALLBACK)
            + ", and "
            + context.inference().type()
            + " takes no keys in software",
        "if signatures by keys in software are wanted in an outage, set"
            + " enclave.fallback.minimum-assurance=software as well; else remove enclave.fallback");
  }

  private static Finding undeclared(Configuration configuration) {
    return Finding.of(
        Severity.ERROR,
        ErrorCode.ENVIRONMENT_UNDECLARED,
        configuration.stated(SettingNames.FALLBACK) + ", and enclave.environment is not set",
        "set enclave.environment, which keys in software need anyhow");
  }

  private static Finding notAllowed(Configuration configuration) {
    return Finding.of(
        Severity.ERROR,
        ErrorCode.BACKEND_NOT_ALLOWED,
        configuration.stated(SettingNames.FALLBACK)
            + ", and enclave.backends does not allow software",
        "add software to enclave.backends, or remove enclave.fallback");
  }

  private static Finding nothingToFallBackFrom(Configuration configuration) {
    return Finding.of(
        Severity.ERROR,
        ErrorCode.CONFIGURATION_INVALID_VALUE,
        configuration.stated(SettingNames.FALLBACK) + ", and the backend is software itself",
        "remove enclave.fallback, or use another backend");
  }

  /**
   * Opens the software backend for companions, if that is configured. Nothing is recorded by it.
   *
   * @param sink the audit log, for what is done with companions
   * @throws EnclaveException when it cannot be opened
   */
  static Optional<SoftwareFallback> open(
      StartUpContext context, SharedParts shared, AuditSink sink) {
    if (choice(context.configuration()) == FallbackChoice.DISABLED) {
      return Optional.empty();
    }
    BackendOpener opener = opener(context, shared);
    SharedParts engine = engine(context, shared, sink, opener);
    try {
      opener.open(engine);
    } catch (EnclaveException e) {
      engine.close();
      throw e;
    }
    SoftwareFallback fallback =
        new SoftwareFallback(shared, new CompanionKeys(engine), terms(context));
    BackendOpener.warn(BackendId.SOFTWARE, engine.backends().resolvedFindings());
    shared.keep(fallback);
    return Optional.of(fallback);
  }

  /**
   * What is done while the Enclave is open: companions are endorsed; where fallback is disabled,
   * those that are left over are destroyed. A start destroys none, nor does what ends soon.
   *
   * @param sink the audit log, for what is done with companions
   */
  static Optional<BackgroundWork> begin(
      Optional<SoftwareFallback> fallback,
      StartUpContext context,
      SharedParts shared,
      AuditSink sink) {
    if (fallback.isEmpty()) {
      return LeftOverCompanions.find(context, shared, sink);
    }
    LOG.log(
        Level.WARNING,
        "FALLBACK IS ON: while backend {0} does not answer, companions in {1} sign in the place of"
            + " its keys",
        shared.backends().resolvedId(),
        fallback.get().place());
    return Optional.of(fallback.get());
  }

  static BackendOpener opener(StartUpContext context, SharedParts shared) {
    return new BackendOpener(
        context.providers(),
        context.configuration(),
        context.environment(),
        policy(context, shared),
        context.inference().declared(),
        true,
        context.secrets(),
        context.time(),
        context.random());
  }

  /** PLAINTEXT is enough for companions where it is for keys and nobody says another minimum. */
  private static SecurityPolicy policy(StartUpContext context, SharedParts shared) {
    boolean plaintext =
        shared.policy().minimumAssurance() == Assurance.PLAINTEXT
            && !acknowledged(context.configuration());
    return shared
        .policy()
        .withMinimumAssurance(plaintext ? Assurance.PLAINTEXT : Assurance.SOFTWARE)
        .withBackends(Set.of(BackendId.SOFTWARE));
  }

  static SharedParts engine(
      StartUpContext context, SharedParts shared, AuditSink sink, BackendOpener opener) {
    SecurityPolicy policy = policy(context, shared);
    return new SharedParts(
        opener.backends(BackendId.SOFTWARE),
        new KeyPolicy(policy, PolicyLoader.acknowledgedIfReadable(context.configuration())),
        VersionLife.of(policy.rotation(), context.configuration()),
        new EngineResolution(BackendId.SOFTWARE, "companions are kept there", List.of()),
        Map.of(),
        Set.of(BackendId.SOFTWARE),
        new AuditTrail(new SharedSink(sink), policy.durableAudit(), context.time()),
        context.time(),
        context.random(),
        ReadingAge.remote(context.configuration()),
        context.observers());
  }
}
