package dev.enclave.core.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.call.Backoff;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.call.Failures;
import dev.enclave.core.internal.call.OpeningAttempts;
import dev.enclave.core.internal.call.OpeningWatch;
import dev.enclave.core.internal.call.Openings;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.config.Configuration;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.key.AsyncExecutor;
import dev.enclave.core.internal.key.Backends;
import dev.enclave.core.internal.key.BackgroundReads;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.CertainTime;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.key.LentKeys;
import dev.enclave.core.internal.key.MigrationTerms;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReadingAge;
import dev.enclave.core.internal.key.VersionLife;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.core.internal.resolve.ProviderRegistry;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.EnclaveException;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.Unexpected;
import dev.enclave.internal.opening.BackendConfigurator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SecretSource;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.observation.CallObserver;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Opens backends under the policy and asks their health before they are used. */
public final class BackendOpener {

  private static final System.Logger LOG = System.getLogger("dev.enclave");
  private static final Duration HEALTH_WITHIN = Duration.ofSeconds(5);

  // Longer than any backend may take, so that only one that ignores its deadline is given up.
  private static final Duration OPEN_WITHIN = Duration.ofSeconds(60);

  // A start may wait for a network that comes up beside it, and for a cold JVM with a small share
  // of
  // a processor to make its first TLS connection; a call that needs another backend may not.
  private static final Duration START_WITHIN = Duration.ofSeconds(30);
  private static final Duration LATER_WITHIN = Duration.ofSeconds(5);

  private final ProviderRegistry providers;
  private final AllowedProviders allowed;
  private final Configuration configuration;
  private final EnvironmentSnapshot environment;
  private final SecurityPolicy policy;
  private final SecretSource secrets;
  private final TimeSource time;
  private final SecureRandom random;
  private final OpeningWatch watch;
  private final List<String> places;
  private final boolean forCompanions;
  private final Lending lending;

  /**
   * Opens nothing yet.
   *
   * @param environmentDeclared whether somebody said which environment this is
   * @param forCompanions whether it opens the backend of companions, which sign in an outage alone
   */
  public BackendOpener(
      ProviderRegistry providers,
      Configuration configuration,
      EnvironmentSnapshot environment,
      SecurityPolicy policy,
      boolean environmentDeclared,
      boolean forCompanions,
      SecretSource secrets,
      TimeSource time,
      SecureRandom random) {
    this.providers = providers;
    this.configuration = configuration;
    this.environment = environment;
    this.policy = policy;
    this.allowed =
        new AllowedProviders(
            providers,
            policy,
            environmentDeclared,
            PolicyLoader.acknowledgedIfReadable(configuration),
            forCompanions);
    this.forCompanions = forCompanions;
    this.secrets = secrets;
    this.time = time;
    this.random = random;
    this.watch = new OpeningWatch(OPEN_WITHIN);
    this.places = configuration.places();
    this.lending = new Lending(this::unrecorded);
  }

  /**
   * An engine whose backends are opened when they are needed; the resolved one by {@link #open}.
   *
   * @param inForce the policy for its keys
   * @param forCallers whether its keys are used by applications, and not by Enclave alone
   */
  public Engine engine(
      Resolution resolution,
      SecurityPolicy inForce,
      boolean forCallers,
      AuditTrail audit,
      List<CallObserver> observers) {
    Backends backends =
        new Backends(
            resolution.chosen(),
            new Openings<>(this::openLater, OpenBackend::close, time, OPEN_WITHIN));
    KeyPolicy keyPolicy = new KeyPolicy(inForce, allowed.acknowledged());
    AsyncExecutor executor = new AsyncExecutor();
    BackgroundReads reads = new BackgroundReads(executor);
    CallTrace.Source traces = new CallTrace.Source(random, observers.isEmpty() ? null : time);
    KeyDirectory keys =
        new KeyDirectory(
            backends,
            new CachedKey.Readings(keyPolicy, time, ReadingAge.remote(configuration), reads),
            forCompanions ? Map.of() : configuration.adoptedKeys(),
            forCompanions ? Set.of(BackendId.SOFTWARE) : providers.settings().keySet(),
            audit,
            traces);
    KeyRules rules =
        new KeyRules(
            keyPolicy,
            VersionLife.of(inForce.rotation(), configuration),
            forCallers ? MigrationTerms.of(configuration) : MigrationTerms.NONE,
            forCallers ? LentKeys.of(configuration, keys::backendOf) : LentKeys.none(),
            new CertainTime(time, audit));
    Operations operations = new Operations(keys, rules, audit, time, random, traces, observers);
    return new Engine(resolution, backends, keys, rules, operations, audit, executor, reads);
  }

  /** Opens the resolved backend, which may borrow keys of others from {@code engine}. */
  public void open(Engine engine) {
    lending.through(engine);
    BackendId id = engine.backends().resolvedId();
    Opened opened =
        watch.whileOpening(
            id, () -> openedAndAsked(id, START_WITHIN), late -> late.backend().close());
    Closing.unless(
        opened.backend()::close,
        () -> engine.backends().resolve(opened.backend(), opened.warnings()));
  }

  /** The provider of an id the policy allows, and what it would be opened with. */
  public BackendConfigurator.Configured configured(BackendId id) {
    return new BackendConfigurator.Configured(
        allowed.provider(id),
        context(id),
        KeyAlgorithm.all().stream().filter(policy::allows).toList());
  }

  /** What opening would create, one phrase each. */
  public List<String> creates(BackendId id, BackendProvider provider) {
    return answered(id, () -> List.copyOf(provider.createsOnOpening(context(id))));
  }

  /** The provider's word on what must be granted, if it has one. */
  Optional<AccessPolicy> accessPolicy(BackendId id, BackendProvider provider) {
    return provider instanceof AccessPolicyWriter writer
        ? Optional.of(answered(id, () -> Objects.requireNonNull(writer.accessPolicy(context(id)))))
        : Optional.empty();
  }

  private <T> T answered(BackendId id, OpeningAttempts.Attempt<T> question) {
    try {
      return asked(id, question);
    } catch (BackendFailure e) {
      throw Failures.whileOpening(id, e);
    }
  }

  /** Asks a provider, which may throw anything. */
  private <T> T asked(BackendId id, OpeningAttempts.Attempt<T> question) throws BackendFailure {
    try {
      return question.open();
    } catch (BackendFailure e) {
      throw e.naming(places);
    } catch (EnclaveException e) {
      throw Unexpected.rebuilt(e, places);
    } catch (Exception | Error e) {
      Unexpected.rethrowFatal(e);
      throw Unexpected.broken(id, e, Texts.WHILE_OPENED.with());
    }
  }

  /** Under which backends are opened. */
  public SecurityPolicy policy() {
    return policy;
  }

  /** The providers that the policy allows. */
  AllowedProviders allowed() {
    return allowed;
  }

  KeyPolicy keyPolicy() {
    return new KeyPolicy(policy, allowed.acknowledged());
  }

  /**
   * What lends keys where nothing is opened for use: a diagnosis, or a tool that opens a backend by
   * itself. Its readings are in no audit log.
   */
  private Engine unrecorded() {
    return engine(
        new Resolution(BackendId.of("none"), Texts.NOTHING_RESOLVED.with(), List.of()),
        policy,
        false,
        new AuditTrail(new UnrecordedSink(), false, time),
        List.of());
  }

  /** The keys to be adopted from a backend, which is the resolved one. */
  Map<KeyName, Adoption> adoptedKeys(BackendId resolved) {
    Set<BackendId> known = providers.settings().keySet();
    Map<KeyName, Adoption> adopted = new TreeMap<>();
    configuration
        .adoptedKeys()
        .forEach(
            (name, adoption) -> {
              if (adoption.namedBackend(known).orElse(resolved).equals(resolved)) {
                adopted.put(name, adoption.withoutBackend(known));
              }
            });
    return adopted;
  }

  /** Opens a backend, asks it and closes it. */
  <T> T whileOpen(BackendId id, Function<OpenBackend, T> question) {
    return watch.whileOpening(
        id,
        () -> {
          try (lending;
              OpenBackend opened = openUnchecked(id, START_WITHIN)) {
            return question.apply(opened);
          }
        },
        late -> {});
  }

  /** A healthy backend and its warnings. */
  private record Opened(OpenBackend backend, List<Finding> warnings) {}

  private OpenBackend openLater(BackendId id) {
    Opened opened = openedAndAsked(id, LATER_WITHIN);
    LOG.log(Level.INFO, Texts.OPENED_BESIDES.with(id));
    warn(id, opened.warnings());
    return opened.backend();
  }

  private Opened openedAndAsked(BackendId id, Duration within) {
    OpenBackend opened = openUnchecked(id, within);
    return Closing.unless(opened::close, () -> fitForUse(opened, within));
  }

  private static Opened fitForUse(OpenBackend opened, Duration within) {
    HealthReport health = health(opened, within);
    for (Finding finding : health.findings()) {
      if (finding.severity() == Severity.ERROR) {
        throw Texts.NOT_FIT.as(
            finding.code(),
            opened.id(),
            Findings.withoutStop(finding.observed()),
            Findings.withoutStop(Findings.advice(Texts.TO_MEND_IT.with(), finding)));
      }
    }
    return new Opened(opened, health.findings());
  }

  /** One warning for everything, so that none is lost among the others. */
  public static void warn(BackendId id, List<Finding> findings) {
    if (!findings.isEmpty()) {
      LOG.log(Level.WARNING, Texts.IS_OPEN.with(id, warnings(findings)));
      detail(id, findings);
    }
  }

  /** What kinds of findings there are, and where each is told in whole. */
  public static String warnings(List<Finding> findings) {
    return Texts.WARNINGS.with(
        findings.stream()
            .map(finding -> finding.code().name())
            .distinct()
            .collect(Collectors.joining(", ")));
  }

  /** Each finding in whole. */
  public static void detail(BackendId id, List<Finding> findings) {
    for (Finding f : findings) {
      LOG.log(
          Level.DEBUG,
          Texts.DETAIL.with(
              id, f.code(), Findings.withoutStop(f.observed()), Findings.withoutStop(f.fix())));
    }
  }

  private OpenBackend openUnchecked(BackendId id, Duration retriesWithin) {
    BackendProvider provider = allowed.provider(id);
    LOG.log(Level.DEBUG, Texts.OPENING.with(id, allowed.origin(id)));
    RetryingCaller caller = new RetryingCaller(id, places, Backoff.DEFAULT, time, random);
    OpeningAttempts attempts = new OpeningAttempts(Backoff.DEFAULT, time, random);
    SigningBackend opened =
        attempts.open(
            id,
            retriesWithin,
            () -> asked(id, () -> Objects.requireNonNull(provider.open(context(id)))));
    return OpenBackend.of(id, opened, caller, allowed.reduced(provider), places);
  }

  private BackendContext context(BackendId id) {
    return BackendContext.of(
            configuration.section(id).with(secrets),
            policy.environment(),
            environment,
            time,
            random)
        .acknowledging(PolicyLoader.acknowledged(configuration))
        .lending(lending.to(id))
        .publishing(VersionLife.of(policy.rotation(), configuration).publishAhead());
  }

  public static HealthReport health(OpenBackend backend) {
    return health(backend, HEALTH_WITHIN);
  }

  /** The first one of a backend that was just opened. */
  static HealthReport firstHealth(OpenBackend backend) {
    return health(backend, START_WITHIN);
  }

  private static HealthReport health(OpenBackend backend, Duration within) {
    RetryingCaller.Plan plan =
        new RetryingCaller.Plan(
            Texts.TO_ANSWER_A_HEALTH_CHECK.with(), new CallTrace("health"), within, false, false);
    try {
      List<Finding> findings = new ArrayList<>();
      backend.reduced().ifPresent(findings::add);
      backend.caller().call(plan, backend.backend()::health).findings().stream()
          .map(finding -> shown(finding, backend))
          .forEach(findings::add);
      return HealthReport.of(findings);
    } catch (EnclaveException e) {
      return failed(e);
    }
  }

  /** What a provider says before it has opened anything, as it may be shown. */
  String shown(String said) {
    return ForeignText.of(said, places);
  }

  /** A backend's finding may quote its provider. */
  private static Finding shown(Finding finding, OpenBackend backend) {
    return Finding.of(
        finding.severity(),
        finding.code(),
        backend.shown(finding.observed()),
        backend.shown(finding.fix()));
  }

  static HealthReport failed(EnclaveException e) {
    return HealthReport.of(List.of(Findings.of(e)));
  }

  /** For a diagnosis, which uses no key and keeps no record. */
  private static final class UnrecordedSink implements AuditSink {

    @Override
    public void append(AuditEvent event, Durability durability) {}

    @Override
    public void close() {}
  }
}
