package dev.enclave.core.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.core.internal.call.BackendCaller;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.config.Adoption;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.PermissionProber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens a backend only to ask how it is, unless that would create something. */
public final class BackendProbe {

  private static final Duration WITHIN = Duration.ofSeconds(10);

  private final BackendOpener opener;

  public BackendProbe(BackendOpener opener) {
    this.opener = opener;
  }

  /**
   * What a backend answers.
   *
   * @param health what is wrong with it, missing permissions included
   * @param permissions all of them, if they were asked for
   * @param accessPolicy what must be granted, if the provider can say
   */
  public record Report(
      HealthReport health, List<Permission> permissions, Optional<AccessPolicy> accessPolicy) {}

  /**
   * Asks.
   *
   * @param permissions whether it is asked for its permissions
   */
  public Report ask(BackendId id, boolean permissions) {
    Optional<AccessPolicy> accessPolicy = Optional.empty();
    try {
      BackendProvider provider = opener.allowed().provider(id);
      accessPolicy = opener.accessPolicy(id, provider);
      List<String> missing = opener.creates(id, provider);
      if (!missing.isEmpty()) {
        List<Finding> findings = new ArrayList<>();
        missing.forEach(what -> findings.add(notThereYet(opener.shown(what))));
        opener.allowed().reduced(provider).ifPresent(findings::add);
        return new Report(HealthReport.of(findings), List.of(), accessPolicy);
      }
      KeysProbe keys = new KeysProbe(opener.keyPolicy(), WITHIN);
      Report open =
          opener.whileOpen(id, backend -> ask(backend, permissions, keys, opener.adoptedKeys(id)));
      return new Report(open.health(), open.permissions(), accessPolicy);
    } catch (EnclaveException e) {
      return new Report(BackendOpener.failed(e), List.of(), accessPolicy);
    }
  }

  private static Report ask(
      OpenBackend backend, boolean permissions, KeysProbe keys, Map<KeyName, Adoption> adoptions) {
    List<Finding> findings = new ArrayList<>(health(backend).findings());
    if (findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR)) {
      keys.adopted(backend, adoptions, permissions ? Severity.ERROR : Severity.WARNING)
          .forEach(findings::add);
      if (permissions) {
        keys.made(backend).ifPresent(findings::add);
      }
    }
    List<Permission> answered = List.of();
    if (permissions) {
      try {
        answered = permissions(backend, findings);
      } catch (EnclaveException e) {
        findings.addAll(BackendOpener.failed(e).findings());
      }
    }
    return new Report(HealthReport.of(findings), answered, Optional.empty());
  }

  /** As at a start; and if that is well, once more: who asks again may be told what costs more. */
  private static HealthReport health(OpenBackend backend) {
    HealthReport atAStart = BackendOpener.firstHealth(backend);
    return atAStart.findings().stream().anyMatch(finding -> finding.severity() == Severity.ERROR)
        ? atAStart
        : BackendOpener.health(backend);
  }

  private static List<Permission> permissions(OpenBackend backend, List<Finding> findings) {
    Optional<PermissionProber> prober = backend.find(PermissionProber.class);
    if (prober.isEmpty()) {
      findings.add(
          Texts.NO_WORD_ON_PERMISSIONS.finding(
              Severity.WARNING, ErrorCode.UNSUPPORTED_OPERATION, backend.id()));
      return List.of();
    }
    List<Permission> answered =
        backend
            .caller()
            .call(
                new BackendCaller.Plan(
                    Texts.TO_TELL_PERMISSIONS.with(),
                    new CallTrace("permissions"),
                    WITHIN,
                    false,
                    false),
                prober.get()::permissions)
            .stream()
            .map(permission -> shown(permission, backend))
            .toList();
    answered.stream()
        .filter(permission -> permission.grant() == Grant.MISSING)
        .forEach(permission -> findings.add(missing(permission)));
    findings.addAll(unknown(answered));
    answered.stream()
        .filter(permission -> permission.grant() == Grant.EXCESS)
        .forEach(permission -> findings.add(tooMuch(permission)));
    return answered;
  }

  /** A backend may quote its provider. */
  private static Permission shown(Permission permission, OpenBackend backend) {
    return new Permission(
        backend.shown(permission.name()),
        backend.shown(permission.neededFor()),
        permission.grant(),
        backend.shown(permission.reason()),
        backend.shown(permission.fix()));
  }

  /** One finding for all that are unknown for one reason. */
  private static List<Finding> unknown(List<Permission> answered) {
    Map<List<String>, List<String>> names = new LinkedHashMap<>();
    for (Permission permission : answered) {
      if (permission.grant() == Grant.UNKNOWN) {
        names
            .computeIfAbsent(
                List.of(permission.reason(), permission.fix()), same -> new ArrayList<>())
            .add(permission.name());
      }
    }
    return names.entrySet().stream()
        .map(
            entry ->
                Texts.PERMISSIONS_UNKNOWN.finding(
                    Severity.ERROR,
                    ErrorCode.PERMISSION_UNKNOWN,
                    String.join(", ", entry.getValue()),
                    entry.getKey().get(0),
                    entry.getKey().get(1)))
        .toList();
  }

  private static Finding missing(Permission permission) {
    return Texts.PERMISSION_MISSING.finding(
        Severity.ERROR,
        ErrorCode.ACCESS_DENIED,
        permission.name(),
        permission.neededFor(),
        permission.fix());
  }

  /** No start fails of it. */
  private static Finding tooMuch(Permission permission) {
    return Texts.PERMISSION_IN_EXCESS.finding(
        Severity.WARNING,
        ErrorCode.POLICY_NOT_MET,
        permission.name(),
        permission.neededFor(),
        permission.fix());
  }

  private static Finding notThereYet(String what) {
    return Texts.NOT_THERE_YET.finding(Severity.WARNING, ErrorCode.CONFIGURATION_MISSING, what);
  }
}
