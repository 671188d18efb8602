package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.check.LogWithBackend;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.backend.BackendProbe;
import dev.enclave.core.internal.backend.Closing;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.enclave.EngineEnclave;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens an Enclave, or says everything that stands in the way. */
final class StartUp {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final StartUpContext context;

  StartUp(Request request) {
    this.context = StartUpContext.of(request);
  }

  Enclave open() {
    StartUpPlan plan = StartUpPlan.of(context);
    if (!plan.obstacles().isEmpty()) {
      throw recordedRefusal(plan);
    }
    return opened(plan, true).enclave();
  }

  /** Whether the backend may countersign for an audit log that names no countersigner yet. */
  boolean mayCountersign() {
    return new Countersignatures(context, new AuditLogFeature(context))
        .wanted(StartUpPlan.of(context));
  }

  /** Works with the audit log while the backend can countersign; no start is recorded. */
  void withAuditLog(LogWithBackend.Work work) throws IOException {
    StartUpPlan plan = StartUpPlan.of(context);
    if (!plan.obstacles().isEmpty()) {
      throw refusal(plan);
    }
    try (Opened opened = opened(plan, false)) {
      work.run(
          opened
              .log
              .files()
              .orElseThrow(() -> Texts.LOG_ELSEWHERE.as(ErrorCode.CONFIGURATION_INVALID_VALUE)));
    }
  }

  /**
   * What an Enclave consists of, in the order of opening.
   *
   * @param whole whether applications are to use it; else what works with its log alone
   */
  static List<Feature> features(
      StartUpContext context, BackendOpener opener, AuditLogFeature log, boolean whole) {
    List<Feature> features = new ArrayList<>();
    features.add(log);
    features.add(new ResolvedBackend(context, opener));
    features.add(new AutomaticRotations(context));
    features.add(new Countersignatures(context, log));
    if (whole) {
      features.add(new Fallbacks(context, log));
    }
    features.add(new Threads());
    if (whole) {
      features.add(new Deferrals(context));
    }
    return features;
  }

  /** The engine's own threads, which end before what they use. */
  private static final class Threads implements Feature {

    private @Nullable Engine engine;

    @Override
    public void open(Engine opened) {
      engine = opened;
    }

    @Override
    public void close() {
      if (engine != null) {
        engine.endThreads();
      }
    }
  }

  /** What has been opened, as far as the start has come. */
  private static final class Opened implements AutoCloseable {

    private final AuditLogFeature log;
    private final Engine engine;
    private final List<Feature> features = new ArrayList<>();

    Opened(AuditLogFeature log, Engine engine) {
      this.log = log;
      this.engine = engine;
    }

    Enclave enclave() {
      return EngineEnclave.over(
          engine,
          features(Fallbacks.class).flatMap(its -> its.signing().stream()).findFirst(),
          features(Deferrals.class).flatMap(its -> its.operations(engine).stream()).findFirst(),
          () -> features.stream().flatMap(f -> f.health().stream()).toList(),
          this::close);
    }

    private <F> Stream<F> features(Class<F> type) {
      return features.stream().filter(type::isInstance).map(type::cast);
    }

    /** Closes what was opened last first. Idempotent. */
    @Override
    public void close() {
      if (engine.operations().end()) {
        List<Runnable> closers = new ArrayList<>();
        features.forEach(feature -> closers.add(0, feature::close));
        // The last checkpoint may be signed by a backend, so that closes last.
        closers.add(engine.backends()::close);
        Closing.inOrder(closers);
      }
    }
  }

  private Opened opened(StartUpPlan plan, boolean whole) {
    BackendOpener opener = context.opener(plan.policy(), false);
    AuditLogFeature log = new AuditLogFeature(context);
    Opened opened = new Opened(log, engine(plan, opener, log));
    return Closing.unless(
        opened::close,
        () -> {
          open(features(context, opener, log, whole), opened);
          if (whole) {
            begin(opened);
          }
          return opened;
        });
  }

  /** An engine that records what it does, and has no backend open yet. */
  private Engine engine(StartUpPlan plan, BackendOpener opener, AuditLogFeature log) {
    Resolution resolution = ((Answer.Chosen) plan.answer()).resolution();
    SecurityPolicy policy = inForce(plan.policy());
    return Closing.unless(
        log::close,
        () -> opener.engine(resolution, policy, true, log.open(policy), context.observers()));
  }

  /** Opens the features; what keeps one from that is recorded. */
  private void open(List<Feature> features, Opened opened) {
    Engine engine = opened.engine;
    try {
      for (Feature feature : features) {
        opened.features.add(feature);
        feature.open(engine);
      }
    } catch (RuntimeException e) {
      // Recorded, not logged: the caller gets it as the exception.
      EnclaveException failure =
          engine.audit().begin(start(Optional.of(engine.resolution().chosen())), trace()).failed(e);
      LOG.log(Level.DEBUG, Texts.START_FAILED.with(failure.code()));
      throw failure;
    }
  }

  /** Records the start, and begins what is done beside all use. */
  private void begin(Opened opened) {
    Engine engine = opened.engine;
    Resolution resolution = engine.resolution();
    Optional<String> shortened = opened.log.files().flatMap(FileAuditSink::shortenedRetention);
    recordSuccess(engine, shortened);
    engine.audit().begun(resolution.chosen(), id("stop"));
    List<BackgroundWork> works = new ArrayList<>();
    opened.features.forEach(feature -> works.addAll(feature.begin(engine)));
    BackgroundTasks tasks = new BackgroundTasks(context, works);
    opened.features.add(tasks);
    tasks.begin(engine);
    StartWarnings.announce(context, engine, shortened);
  }

  /** SOFTWARE keys need a declared environment, also from a backend that can give better ones. */
  private SecurityPolicy inForce(SecurityPolicy policy) {
    return context.inference().declared() || policy.minimumAssurance().atLeast(Assurance.OS_SEALED)
        ? policy
        : policy.withMinimumAssurance(Assurance.OS_SEALED);
  }

  /**
   * A start that is refused is recorded where there is a log to be had; that one stays as it is.
   */
  private EnclaveException recordedRefusal(StartUpPlan plan) {
    EnclaveException refusal = refusal(plan);
    try (AuditLogFeature log = new AuditLogFeature(context)) {
      AuditTrail audit;
      try {
        audit = log.open(plan.policy());
      } catch (EnclaveException none) {
        return refusal;
      }
      return audit.withoutIntent(start(Optional.empty()), trace()).failed(refusal);
    }
  }

  private static AuditTrail.Subject start(Optional<BackendId> backend) {
    return new AuditTrail.Subject(Operation.START, "application", Optional.empty(), backend, false);
  }

  private CallTrace trace() {
    return new CallTrace(id("start"));
  }

  private String id(String what) {
    return what + "-" + Long.toHexString(context.random().nextLong());
  }

  /** One exception for all reasons, so that one deployment mends them all. */
  private EnclaveException refusal(StartUpPlan plan) {
    List<Finding> obstacles = new ArrayList<>(plan.obstacles());
    if (plan.answer() instanceof Answer.Chosen chosen) {
      new BackendProbe(context.opener(plan.policy(), false))
          .ask(chosen.resolution().chosen(), false).health().findings().stream()
              .filter(finding -> finding.severity() == Severity.ERROR)
              .forEach(obstacles::add);
    }
    String reasons =
        Stream.concat(StartWarnings.ignored(context).stream(), obstacles.stream())
            .map(
                f ->
                    "\n- ["
                        + f.category()
                        + "] "
                        + Findings.withoutStop(f.observed())
                        + Findings.advice(": ", f))
            .collect(Collectors.joining());
    return Texts.NO_START.as(
        codeOf(obstacles), plan.policy().environment(), context.inference().reason(), reasons);
  }

  /** The code of the one exception for several reasons. */
  static ErrorCode codeOf(List<Finding> obstacles) {
    boolean onlyConfiguration =
        obstacles.stream().allMatch(f -> f.category() == ErrorCategory.CONFIGURATION);
    boolean onlyOneKind = obstacles.stream().map(Finding::code).distinct().count() == 1;
    return onlyConfiguration || onlyOneKind ? obstacles.get(0).code() : ErrorCode.POLICY_NOT_MET;
  }

  private void recordSuccess(Engine engine, Optional<String> shortenedRetention) {
    Resolution resolution = engine.resolution();
    AuditTrail.OperationRecord entry =
        engine.audit().begin(start(Optional.of(resolution.chosen())), trace());
    Map<String, String> details = new TreeMap<>();
    details.put("environment", engine.policy().environment().name());
    details.put("environmentReason", context.inference().reason());
    details.put("minimumAssurance", engine.policy().minimumAssurance().name());
    details.put("resolutionReason", resolution.reason());
    shortenedRetention.ifPresent(change -> details.put("retentionShortened", change));
    resolution.rejected().forEach(r -> details.put("rejected." + r.backend(), r.reason()));
    context.configuration().describe().forEach(s -> details.put("setting." + s.name(), s.value()));
    details.putAll(StartWarnings.details(context, engine.backends().resolvedFindings()));
    entry.succeeded(details);
  }
}
