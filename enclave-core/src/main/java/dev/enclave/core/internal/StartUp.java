package dev.enclave.core.internal;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.check.LogWithBackend;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.stream.AccompaniedSink;
import dev.enclave.auditlog.stream.StreamAuditSink;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.core.internal.backend.BackendOpener;
import dev.enclave.core.internal.backend.BackendProbe;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.enclave.EngineEnclave;
import dev.enclave.core.internal.fallback.SoftwareFallback;
import dev.enclave.core.internal.key.Backends;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.LentKeys;
import dev.enclave.core.internal.key.MigrationTerms;
import dev.enclave.core.internal.key.ReadingAge;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.key.VersionLife;
import dev.enclave.core.internal.lifecycle.CheckpointCountersigner;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.policy.PolicyLoader;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.rotation.BackgroundWork;
import dev.enclave.core.internal.rotation.ReappearedVersionsWork;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    return new Countersignatures(context).wanted(StartUpPlan.of(context));
  }

  /** Works with the audit log while the backend can countersign; no start is recorded. */
  void withAuditLog(LogWithBackend.Work work) throws IOException {
    StartUpPlan plan = StartUpPlan.of(context);
    if (!plan.obstacles().isEmpty()) {
      throw refusal(plan);
    }
    Opened opened = opened(plan, false);
    try {
      if (!(opened.log() instanceof FileAuditSink log)) {
        throw new ConfigurationException(
            ErrorCode.CONFIGURATION_INVALID_VALUE,
            "Audit records do not go to the log in enclave.audit.directory: enclave.audit.sink or"
                + " an audit sink of the application says where.",
            "Look after that one instead.");
      }
      work.run(log);
    } finally {
      opened.shared().close();
    }
  }

  /**
   * What a start-up opens.
   *
   * @param shared which closes it all
   * @param log the audit log, without the outputs beside it
   */
  private record Opened(SharedParts shared, AuditSink log) {
    Enclave enclave() {
      return EngineEnclave.over(shared);
    }
  }

  private Opened opened(StartUpPlan plan, boolean recorded) {
    Resolution resolution = ((Answer.Chosen) plan.answer()).resolution();
    SecurityPolicy policy = inForce(plan.policy());
    MigrationTerms migration = MigrationTerms.of(context.configuration());
    KeyPolicy keyPolicy =
        new KeyPolicy(policy, PolicyLoader.acknowledgedIfReadable(context.configuration()));
    VersionLife life = VersionLife.of(policy.rotation(), context.configuration());
    ReadingAge remoteAge = ReadingAge.remote(context.configuration());
    List<AuditOutput> outputs = outputs();
    BackendOpener opener = opener(plan.policy());
    Backends backends = opener.backends(resolution.chosen());
    AuditSink log = log(policy);
    AuditSink sink = AccompaniedSink.of(log, outputs, context.random());
    AuditTrail audit = new AuditTrail(sink, policy.durableAudit(), context.time());
    SharedParts shared =
        new SharedParts(
            backends,
            keyPolicy,
            life,
            resolution,
            context.configuration().adoptedKeys(),
            context.providers().settings().keySet(),
            audit,
            context.time(),
            context.random(),
            remoteAge,
            context.observers());
    boolean open = false;
    try {
      shared.keep(migration);
      shared.keep(LentKeys.of(context.configuration(), new KeyFinder(shared)::backendOf));
      Optional<SoftwareFallback> fallback = openBackend(opener, shared, log, sink, recorded);
      if (recorded) {
        begin(shared, log, sink, fallback);
      }
      open = true;
      return new Opened(shared, log);
    } finally {
      if (!open) {
        shared.close();
      }
    }
  }

  /** Opens the backend; what keeps it from that is recorded. */
  private Optional<SoftwareFallback> openBackend(
      BackendOpener opener, SharedParts shared, AuditSink log, AuditSink sink, boolean recorded) {
    BackendId chosen = shared.resolution().chosen();
    try {
      opener.open(shared);
      requireAdoption(shared.backends(), chosen);
      AutomaticRotations.requireAble(context, shared);
      if (log instanceof FileAuditSink files) {
        new Countersignatures(context).settle(files, chosen, new CheckpointCountersigner(shared));
      }
      return recorded ? Fallbacks.open(context, shared, sink) : Optional.empty();
    } catch (RuntimeException e) {
      // Recorded, not logged: the caller gets it as the exception.
      EnclaveException failure =
          shared.audit().begin(start(Optional.of(chosen)), trace()).failed(e);
      LOG.log(Level.DEBUG, "The start failed with {0}", failure.code());
      throw failure;
    }
  }

  /** Records the start, and begins what is done beside all use. */
  private void begin(
      SharedParts shared, AuditSink log, AuditSink sink, Optional<SoftwareFallback> fallback) {
    Resolution resolution = shared.resolution();
    SecurityPolicy policy = shared.policy();
    Optional<String> shortened =
        log instanceof FileAuditSink files ? files.shortenedRetention() : Optional.empty();
    recordSuccess(
        shared.audit(), policy, resolution, shortened, shared.backends().resolvedFindings());
    shared.audit().begun(resolution.chosen(), id("stop"));
    if (log instanceof FileAuditSink files) {
      files.checkpointStart();
      files.started();
      files.beginRetention();
    }
    context.deferrals().open(context, shared);
    List<BackgroundWork> more = new ArrayList<>();
    Fallbacks.begin(fallback, context, shared, sink).ifPresent(more::add);
    if (log instanceof FileAuditSink files && ReappearedVersionsWork.finds(shared)) {
      more.add(new ReappearedVersionsWork(shared, files::destroyed));
    }
    AutomaticRotations.begin(context, shared, more);
    StartWarnings.announce(context, shared.backends(), policy, resolution, shortened);
  }

  /** SOFTWARE keys need a declared environment, also from a backend that can give better ones. */
  private SecurityPolicy inForce(SecurityPolicy policy) {
    return context.inference().declared() || policy.minimumAssurance().atLeast(Assurance.OS_SEALED)
        ? policy
        : policy.withMinimumAssurance(Assurance.OS_SEALED);
  }

  /** A key that can never be used is found now, not when a customer waits for its signature. */
  private void requireAdoption(Backends backends, BackendId chosen) {
    if (backends.resolvedAdopts()) {
      return;
    }
    context
        .configuration()
        .adoptedKeys()
        .forEach(
            (name, adoption) -> {
              boolean elsewhere =
                  adoption.namedBackend(context.providers().settings().keySet()).isPresent();
              if (!elsewhere) {
                throw new ConfigurationException(
                    ErrorCode.CONFIGURATION_INVALID_VALUE,
                    "Setting enclave.keys."
                        + name
                        + " adopts a key of backend "
                        + chosen
                        + ", which adopts none.",
                    "Remove it, or name another backend first: "
                        + "enclave.keys."
                        + name
                        + "=<backend>:<its name there>.");
              }
            });
  }

  private BackendOpener opener(SecurityPolicy policy) {
    return opener(context, policy);
  }

  static BackendOpener opener(StartUpContext context, SecurityPolicy policy) {
    return new BackendOpener(
        context.providers(),
        context.configuration(),
        context.environment(),
        policy,
        context.inference().declared(),
        false,
        context.secrets(),
        context.time(),
        context.random());
  }

  /**
   * A start that is refused is recorded where there is a log to be had; that one stays as it is.
   */
  private EnclaveException recordedRefusal(StartUpPlan plan) {
    EnclaveException refusal = refusal(plan);
    AuditSink sink;
    try {
      List<AuditOutput> outputs = outputs();
      AuditSink log = log(plan.policy());
      sink = AccompaniedSink.of(log, outputs, context.random());
    } catch (EnclaveException none) {
      return refusal;
    }
    try (AuditTrail audit = new AuditTrail(sink, plan.policy().durableAudit(), context.time())) {
      return audit.reading(start(Optional.empty()), trace()).failed(refusal);
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
      new BackendProbe(opener(plan.policy()))
          .ask(chosen.resolution().chosen(), false).health().findings().stream()
              .filter(finding -> finding.severity() == Severity.ERROR)
              .forEach(obstacles::add);
    }
    String reasons =
        Stream.concat(StartWarnings.ignored(context).stream(), obstacles.stream())
            .map(
                f ->
                    "- ["
                        + f.category()
                        + "] "
                        + BackendOpener.clause(f.observed())
                        + Findings.advice(": ", f))
            .collect(Collectors.joining("\n"));
    String message =
        "Enclave does not start in "
            + plan.policy().environment()
            + " ("
            + context.inference().reason()
            + "):\n"
            + reasons;
    return EnclaveException.of(codeOf(obstacles), message);
  }

  /** The code of the one exception for several reasons. */
  static ErrorCode codeOf(List<Finding> obstacles) {
    boolean onlyConfiguration =
        obstacles.stream().allMatch(f -> f.category() == ErrorCategory.CONFIGURATION);
    boolean onlyOneKind = obstacles.stream().map(Finding::code).distinct().count() == 1;
    return onlyConfiguration || onlyOneKind ? obstacles.get(0).code() : ErrorCode.POLICY_NOT_MET;
  }

  /** What stands beside the log; looked for before the log is opened, since nothing opens them. */
  private List<AuditOutput> outputs() {
    return context
        .auditOutputs()
        .inUse(context.configuration().get(SettingNames.AUDIT_SINK).outputs());
  }

  private AuditSink log(SecurityPolicy policy) {
    if (context.auditSink().isPresent()) {
      return context.auditSink().get();
    }
    if (AuditLocation.isStandardOutput(context)) {
      return StreamAuditSink.standardOutput(context.random());
    }
    Path directory =
        AuditLocation.of(context)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        ErrorCode.CONFIGURATION_MISSING,
                        "There is no home directory to keep the audit log in.",
                        "Set" + " enclave.audit.directory."));
    try {
      return FileAuditSink.open(directory, AuditLocation.settings(context));
    } catch (CorruptLogException e) {
      throw new IntegrityException(
          ErrorCode.AUDIT_LOG_CORRUPT,
          "The audit log in " + directory + " cannot be continued: " + e.getMessage() + ".",
          "Keep it for whoever finds out why, and set enclave.audit.directory to another"
              + " place.");
    } catch (IOException e) {
      throw new PolicyException(
          ErrorCode.AUDIT_UNAVAILABLE,
          "The audit log in "
              + directory
              + " cannot be opened for "
              + policy.environment()
              + " ("
              + ForeignText.said(e)
              + ").",
          "Start the service as the user whose log it is, or set enclave.audit.directory to a place"
              + " of its own.");
    }
  }

  private void recordSuccess(
      AuditTrail audit,
      SecurityPolicy policy,
      Resolution resolution,
      Optional<String> shortenedRetention,
      List<Finding> findings) {
    AuditTrail.OperationRecord entry =
        audit.begin(start(Optional.of(resolution.chosen())), trace());
    Map<String, String> details = new TreeMap<>();
    details.put("environment", policy.environment().name());
    details.put("environmentReason", context.inference().reason());
    details.put("minimumAssurance", policy.minimumAssurance().name());
    details.put("resolutionReason", resolution.reason());
    shortenedRetention.ifPresent(change -> details.put("retentionShortened", change));
    resolution.rejected().forEach(r -> details.put("rejected." + r.backend(), r.reason()));
    context.configuration().describe().forEach(s -> details.put("setting." + s.name(), s.value()));
    details.putAll(StartWarnings.details(context, findings));
    entry.succeeded(details);
  }
}
