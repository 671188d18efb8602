package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Fallback;
import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.backend.Closing;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.config.Settings.FallbackChoice;
import dev.enclave.core.internal.fallback.CompanionKeys;
import dev.enclave.core.internal.fallback.FallbackTerms;
import dev.enclave.core.internal.fallback.SoftwareFallback;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.backend.BackendProvider;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether companions in software sign while the backend does not answer. */
final class Fallbacks implements Feature {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final StartUpContext context;
  private final AuditLogFeature log;
  private @Nullable Engine companions;
  private @Nullable SoftwareFallback fallback;

  Fallbacks(StartUpContext context, AuditLogFeature log) {
    this.context = context;
    this.log = log;
  }

  private FallbackChoice choice() {
    return context.configuration().get(Settings.FALLBACK);
  }

  @Override
  public List<Finding> check(SecurityPolicy policy, Answer answer) {
    List<Finding> obstacles = new ArrayList<>();
    try {
      Configuration configuration = context.configuration();
      FallbackChoice choice = choice();
      boolean acknowledged = acknowledged(configuration);
      terms();
      if (choice == FallbackChoice.SOFTWARE) {
        String stated = configuration.stated(Settings.FALLBACK);
        if (!acknowledged && needsAcknowledgement(policy)) {
          obstacles.add(
              Texts.FALLBACK_NOT_ACKNOWLEDGED.error(
                  ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED, stated, context.inference().type()));
        }
        if (!context.inference().declared()) {
          obstacles.add(Texts.FALLBACK_UNDECLARED.error(ErrorCode.ENVIRONMENT_UNDECLARED, stated));
        }
        if (!policy.allows(BackendId.SOFTWARE)) {
          obstacles.add(Texts.FALLBACK_NOT_ALLOWED.error(ErrorCode.BACKEND_NOT_ALLOWED, stated));
        }
        if (answer instanceof Answer.Chosen chosen
            && chosen.resolution().chosen().equals(BackendId.SOFTWARE)) {
          obstacles.add(
              Texts.FALLBACK_FROM_SOFTWARE.error(ErrorCode.CONFIGURATION_INVALID_VALUE, stated));
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
    Optional<String> least = configuration.get(Settings.FALLBACK_MINIMUM_ASSURANCE.name());
    if (least.isPresent() && !least.get().equals(Configuration.spelled(Assurance.SOFTWARE))) {
      throw configuration.invalid(
          Settings.FALLBACK_MINIMUM_ASSURANCE, Texts.FALLBACK_MINIMUM.with());
    }
    return least.isPresent();
  }

  FallbackTerms terms() {
    Configuration configuration = context.configuration();
    String deployment =
        configuration
            .get(
                Settings.FALLBACK_DEPLOYMENT.name(),
                Texts.FALLBACK_DEPLOYMENT.with(),
                Fallbacks::deployment)
            .orElseGet(() -> Configuration.spelled(context.inference().type()));
    return new FallbackTerms(deployment, configuration.get(Settings.FALLBACK_VALID_FOR));
  }

  private static String deployment(String text) {
    if (!Fallback.Endorsement.isDeployment(text)) {
      throw new IllegalArgumentException("no name of a deployment");
    }
    return text;
  }

  /**
   * Opens the software backend for companions, if that is configured. Nothing is recorded by it.
   */
  @Override
  public void open(Engine own) {
    if (choice() == FallbackChoice.DISABLED) {
      return;
    }
    BackendOpener opener = opener(own);
    Engine engine = engine(opener, own);
    companions = engine;
    opener.open(engine);
    SoftwareFallback opened =
        new SoftwareFallback(
            own.operations(),
            own.keys(),
            own.rules(),
            own.executor(),
            new CompanionKeys(engine.operations(), engine.keys()),
            terms());
    BackendOpener.warn(BackendId.SOFTWARE, engine.backends().resolvedFindings());
    fallback = opened;
  }

  /**
   * Companions are endorsed while the Enclave is open; where fallback is disabled, those that are
   * left over are destroyed. A start destroys none, nor does what ends soon.
   */
  @Override
  public List<BackgroundWork> begin(Engine own) {
    SoftwareFallback opened = fallback;
    if (opened == null) {
      return LeftOverCompanions.find(this, own).stream().toList();
    }
    LOG.log(Level.WARNING, Texts.FALLBACK_IS_ON.with(own.backends().resolvedId(), opened.place()));
    return List.of(opened);
  }

  /** What signs while the backend does not answer, if anything does. */
  Optional<SoftwareFallback> signing() {
    return Optional.ofNullable(fallback);
  }

  @Override
  public void close() {
    List<Runnable> closers = new ArrayList<>();
    if (fallback != null) {
      closers.add(fallback::close);
    }
    if (companions != null) {
      closers.add(companions::close);
    }
    Closing.inOrder(closers);
  }

  /** Whether there is a store of companions already, where one is configured. */
  boolean hasStore(Engine own) {
    Optional<BackendProvider> software = context.providers().find(BackendId.SOFTWARE);
    boolean configured = context.configuration().get("enclave.software.directory").isPresent();
    if (software.isEmpty() || !configured) {
      return false;
    }
    try {
      return opener(own).creates(BackendId.SOFTWARE, software.get()).isEmpty();
    } catch (EnclaveException e) {
      return false; // It could not be opened, so nothing was left there by an Enclave like this.
    }
  }

  /** PLAINTEXT is enough for companions where it is for keys and nobody says another minimum. */
  BackendOpener opener(Engine own) {
    boolean plaintext =
        own.policy().minimumAssurance() == Assurance.PLAINTEXT
            && !acknowledged(context.configuration());
    return context.opener(
        own.policy()
            .withMinimumAssurance(plaintext ? Assurance.PLAINTEXT : Assurance.SOFTWARE)
            .withBackends(Set.of(BackendId.SOFTWARE)),
        true);
  }

  /** The companions' engine, which records in the log of the keys' own. */
  Engine engine(BackendOpener opener, Engine own) {
    return opener.engine(
        new Resolution(BackendId.SOFTWARE, Texts.COMPANIONS_KEPT.with(), List.of()),
        opener.policy(),
        false,
        new AuditTrail(log.shared(), own.policy().durableAudit(), context.time()),
        context.observers());
  }
}
