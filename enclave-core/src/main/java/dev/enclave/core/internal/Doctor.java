package dev.enclave.core.internal;

import dev.enclave.BackendId;
import dev.enclave.auditlog.check.LogSummary;
import dev.enclave.core.internal.backend.BackendProbe;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.config.Settings.CountersignChoice;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.crypto.CryptoEngines;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.opening.EnclaveEngine.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Reports what a start-up would do; what goes wrong meanwhile is part of the report. */
final class Doctor {

  private final Request request;
  private final boolean permissions;

  /**
   * @param permissions whether the chosen backend is asked for its permissions
   */
  Doctor(Request request, boolean permissions) {
    this.request = request;
    this.permissions = permissions;
  }

  /** Looks at the chosen backend and the audit log, too. */
  Diagnosis diagnose() {
    return examine(this::diagnose);
  }

  /** Looks at what was configured and detected only. */
  Diagnosis rehearse() {
    return examine(
        (context, plan) ->
            report(
                Optional.of(context),
                Chosen.by(plan),
                plan.candidates(),
                List.of(),
                withWarnings(context, plan.obstacles()),
                refusal(plan.obstacles(), plan.obstacles())));
  }

  private Diagnosis examine(BiFunction<StartUpContext, StartUpPlan, Diagnosis> examination) {
    Optional<StartUpContext> context = Optional.empty();
    try {
      context = Optional.of(StartUpContext.of(request));
      return examination.apply(context.get(), StartUpPlan.of(context.get()));
    } catch (EnclaveException e) {
      List<Finding> findings = new ArrayList<>(List.of(Findings.of(e)));
      context.map(StartWarnings::of).ifPresent(findings::addAll);
      return report(context, Chosen.NONE, List.of(), List.of(), findings, Optional.of(e.code()));
    }
  }

  private static List<Finding> withWarnings(StartUpContext context, List<Finding> findings) {
    List<Finding> all = new ArrayList<>(findings);
    all.addAll(StartWarnings.of(context));
    return all;
  }

  /** What is known of the backend that would be chosen. */
  private record Chosen(
      Optional<Resolution> resolution,
      List<Permission> permissions,
      Optional<AccessPolicy> accessPolicy) {

    static final Chosen NONE = new Chosen(Optional.empty(), List.of(), Optional.empty());

    /** The backend as the plan names it, which was asked nothing. */
    static Chosen by(StartUpPlan plan) {
      return plan.answer() instanceof Answer.Chosen answer
          ? new Chosen(Optional.of(answer.resolution()), List.of(), Optional.empty())
          : NONE;
    }
  }

  private Diagnosis diagnose(StartUpContext context, StartUpPlan plan) {
    List<Finding> findings = withWarnings(context, plan.obstacles());
    List<Finding> refusedTogether = new ArrayList<>(plan.obstacles());
    AuditLocation.ephemeral(context).ifPresent(findings::add);
    missingOutput(context).ifPresent(findings::add);
    AuditLogState audit = AuditLogState.of(context);
    findings.addAll(audit.findings());
    Optional<BackendId> planned = Chosen.by(plan).resolution().map(Resolution::chosen);
    findings.addAll(DiskRoom.findings(context, planned));
    Chosen chosen = Chosen.NONE;
    if (plan.answer() instanceof Answer.Chosen answer) {
      BackendId id = answer.resolution().chosen();
      BackendProbe.Report report =
          new BackendProbe(context.opener(plan.policy(), false)).ask(id, permissions);
      findings.addAll(report.health().findings());
      refusedTogether.addAll(report.health().findings());
      chosen =
          new Chosen(Optional.of(answer.resolution()), report.permissions(), report.accessPolicy());
    }
    return report(
        Optional.of(context),
        chosen,
        plan.candidates(),
        audit.lines(),
        findings,
        refusal(plan.obstacles(), plan.obstacles().isEmpty() ? findings : refusedTogether));
  }

  /**
   * What a start-up would end with: the obstacles of its plan are told in one exception, together
   * with what the backend says; without any, the first thing that fails ends it.
   */
  private static Optional<ErrorCode> refusal(List<Finding> obstacles, List<Finding> findings) {
    List<Finding> errors = findings.stream().filter(f -> f.severity() == Severity.ERROR).toList();
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(obstacles.isEmpty() ? errors.get(0).code() : StartUp.codeOf(errors));
  }

  private static Optional<Finding> missingOutput(StartUpContext context) {
    List<String> named;
    try {
      named = context.configuration().get(Settings.AUDIT_SINK).outputs();
    } catch (ConfigurationException e) {
      return Optional.empty(); // The plan tells of a wrong value.
    }
    try {
      context.auditOutputs().inUse(named);
      return Optional.empty();
    } catch (EnclaveException e) {
      return Optional.of(Findings.of(e));
    }
  }

  /**
   * @param context none where the configuration cannot be used
   */
  private static Diagnosis report(
      Optional<StartUpContext> context,
      Chosen chosen,
      List<Resolution.Rejection> candidates,
      List<String> auditLog,
      List<Finding> findings,
      Optional<ErrorCode> refusal) {
    return new Diagnosis(
        context.map(its -> its.inference().type()),
        context.map(its -> its.inference().reason()).orElseGet(Texts.UNUSABLE_CONFIGURATION::with),
        context.map(its -> its.configuration().describe()).orElse(List.of()),
        context.map(its -> its.detections().describe()).orElse(List.of()),
        chosen.resolution(),
        candidates,
        chosen.permissions(),
        chosen.accessPolicy(),
        CryptoEngines.inventory(),
        Stream.concat(
                auditLog.stream(),
                chosen.accessPolicy().flatMap(AccessPolicy::providerLog).stream())
            .toList(),
        HealthReport.of(findings.stream().distinct().toList()),
        refusal);
  }

  /**
   * What can be told of the audit log without opening it.
   *
   * @param lines a sentence each
   * @param findings what is wrong
   */
  private record AuditLogState(List<String> lines, List<Finding> findings) {

    static AuditLogState of(StartUpContext context) {
      CountersignChoice choice = Countersignatures.choice(context);
      Optional<Path> directory =
          context.auditSink().isPresent() || AuditLocation.isStandardOutput(context)
              ? Optional.empty()
              : AuditLocation.of(context);
      if (directory.isEmpty()) {
        return new AuditLogState(List.of(), List.of());
      }
      Path path = directory.get();
      if (!Files.isDirectory(path)) {
        return new AuditLogState(List.of(Texts.LOG_NOT_MADE.with(path)), List.of());
      }
      try {
        LogSummary found = LogSummary.read(path);
        Optional<Finding> shortened =
            found
                .shortenedRetention(AuditLocation.settings(context).retention())
                .map(AuditLocation::shortened);
        return new AuditLogState(
            List.of(
                (found.made() ? Texts.LOG_IN : Texts.LOG_NOT_MADE).with(path),
                signatures(found, choice),
                found.coverage(),
                found.retained()),
            Stream.of(kept(choice, found), shortened).flatMap(Optional::stream).toList());
      } catch (IOException e) {
        return new AuditLogState(
            List.of(Texts.LOG_NOT_READABLE.with(path, ForeignText.said(e))), List.of());
      }
    }

    private static String signatures(LogSummary found, CountersignChoice choice) {
      return found
          .countersigner()
          .map(named -> Texts.LOG_COUNTERSIGNED.with(named.place()))
          .orElse(Texts.LOG_SIGNED_ALONE.with(choice.name().toLowerCase(Locale.ROOT)));
    }

    private static Optional<Finding> kept(CountersignChoice choice, LogSummary found) {
      return choice == CountersignChoice.OFF && found.countersigner().isPresent()
          ? Optional.of(
              Texts.LOG_KEEPS_COUNTERSIGNER.warning(ErrorCode.CONFIGURATION_INVALID_VALUE))
          : Optional.empty();
    }
  }
}
