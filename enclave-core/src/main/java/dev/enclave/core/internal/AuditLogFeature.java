package dev.enclave.core.internal;

import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.records.CorruptLogException;
import dev.enclave.auditlog.stream.AccompaniedSink;
import dev.enclave.auditlog.stream.StreamAuditSink;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.auditlog.write.FileAuditSink;
import dev.enclave.auditlog.write.LogDirectory;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.background.ReappearedVersionsWork;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The audit log, what stands beside it, and what is found in it. */
final class AuditLogFeature implements Feature {

  private final StartUpContext context;
  private @Nullable AuditSink log;
  private @Nullable AuditSink whole;
  private @Nullable AuditTrail trail;

  AuditLogFeature(StartUpContext context) {
    this.context = context;
  }

  @Override
  public List<Finding> check(SecurityPolicy policy, Answer answer) {
    return obstacle(policy).stream().toList();
  }

  private Optional<Finding> obstacle(SecurityPolicy policy) {
    try {
      if (context.auditSink().isPresent() || AuditLocation.isStandardOutput(context)) {
        return Optional.empty();
      }
      AuditLocation.settings(context);
      Optional<Path> directory = AuditLocation.of(context);
      if (directory.isEmpty() && policy.durableAudit()) {
        return Optional.of(
            Texts.LOG_NEEDED.error(ErrorCode.AUDIT_UNAVAILABLE, policy.environment()));
      }
      return directory.flatMap(AuditLogFeature::unwritable);
    } catch (ConfigurationException e) {
      return Optional.of(Findings.of(e));
    }
  }

  private static Optional<Finding> unwritable(Path directory) {
    return LogDirectory.obstacle(directory)
        .map(
            why ->
                Findings.of(
                    Texts.LOG_UNWRITABLE.as(
                        ErrorCode.AUDIT_UNAVAILABLE, why.observed(), why.advice())));
  }

  /** Opens it before all else, which it records. */
  AuditTrail open(SecurityPolicy policy) {
    // Looked for before the log is opened, since nothing opens them.
    List<AuditOutput> outputs =
        context.auditOutputs().inUse(context.configuration().get(Settings.AUDIT_SINK).outputs());
    AuditSink alone = opened(policy);
    log = alone;
    // Closes the log, should there be no outputs to be had.
    trail = new AuditTrail(alone, policy.durableAudit(), context.time());
    AuditSink accompanied = AccompaniedSink.of(alone, outputs, context.random());
    AuditTrail recording = new AuditTrail(accompanied, policy.durableAudit(), context.time());
    whole = accompanied;
    trail = recording;
    return recording;
  }

  private AuditSink opened(SecurityPolicy policy) {
    if (context.auditSink().isPresent()) {
      return context.auditSink().get();
    }
    if (AuditLocation.isStandardOutput(context)) {
      return StreamAuditSink.standardOutput(context.random());
    }
    Path directory =
        AuditLocation.of(context)
            .orElseThrow(() -> Texts.NO_HOME.as(ErrorCode.CONFIGURATION_MISSING));
    try {
      return FileAuditSink.open(directory, AuditLocation.settings(context));
    } catch (CorruptLogException e) {
      throw Texts.LOG_IN_PLACE_CORRUPT.as(
          ErrorCode.AUDIT_LOG_CORRUPT, directory, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Texts.LOG_NOT_OPENED.as(
          ErrorCode.AUDIT_UNAVAILABLE, directory, policy.environment(), ForeignText.said(e));
    }
  }

  /** The log, where it is one of files. */
  Optional<FileAuditSink> files() {
    return log instanceof FileAuditSink files ? Optional.of(files) : Optional.empty();
  }

  /** Takes the records of those that stand beside the engine, who do not close it. */
  AuditSink shared() {
    return new SharedSink(Objects.requireNonNull(whole, "the log is not open"));
  }

  @Override
  public List<BackgroundWork> begin(Engine engine) {
    Optional<FileAuditSink> files = files();
    files.ifPresent(
        its -> {
          its.checkpointStart();
          its.started();
          its.beginRetention();
        });
    return files
        .filter(its -> ReappearedVersionsWork.finds(engine.keys()))
        .<BackgroundWork>map(its -> new ReappearedVersionsWork(engine.keys(), its::destroyed))
        .stream()
        .toList();
  }

  @Override
  public List<Finding> health() {
    return trail == null ? List.of() : trail.health().stream().toList();
  }

  @Override
  public void close() {
    if (trail != null) {
      trail.close();
    }
  }

  /**
   * The audit log of the keys that have companions, which is not the companions' to close.
   *
   * @param whole that log
   */
  private record SharedSink(AuditSink whole) implements AuditSink {

    @Override
    public void append(AuditEvent event, Durability durability) throws IOException {
      whole.append(event, durability);
    }

    @Override
    public void close() {
      // Closed by whoever opened it.
    }
  }
}
