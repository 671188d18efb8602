package dev.enclave.core.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.PermissionProber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        missing.forEach(
            what ->
                findings.add(
                    Texts.NOT_THERE_YET.warning(
                        ErrorCode.CONFIGURATION_MISSING, opener.shown(what))));
        opener.allowed().reduced(provider).ifPresent(findings::add);
        return new Report(HealthReport.of(findings), List.of(), accessPolicy);
      }
      KeysProbe keys = new KeysProbe(opener.keyPolicy());
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
          Texts.NO_WORD_ON_PERMISSIONS.warning(ErrorCode.UNSUPPORTED_OPERATION, backend.id()));
      return List.of();
    }
    List<Permission> answered =
        call(backend, "permissions", Texts.TO_TELL_PERMISSIONS.with(), prober.get()::permissions)
            .stream()
            .map(permission -> shown(permission, backend))
            .toList();
    for (Permission each : of(Grant.MISSING, answered)) {
      findings.add(
          Texts.PERMISSION_MISSING.error(
              ErrorCode.ACCESS_DENIED, each.name(), each.neededFor(), each.fix()));
    }
    findings.addAll(unknown(of(Grant.UNKNOWN, answered)));
    // No start fails of these.
    for (Permission each : of(Grant.EXCESS, answered)) {
      findings.add(
          Texts.PERMISSION_IN_EXCESS.warning(
              ErrorCode.POLICY_NOT_MET, each.name(), each.neededFor(), each.fix()));
    }
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
      names
          .computeIfAbsent(
              List.of(permission.reason(), permission.fix()), same -> new ArrayList<>())
          .add(permission.name());
    }
    return names.entrySet().stream()
        .map(
            entry ->
                Texts.PERMISSIONS_UNKNOWN.error(
                    ErrorCode.PERMISSION_UNKNOWN,
                    String.join(", ", entry.getValue()),
                    entry.getKey().get(0),
                    entry.getKey().get(1)))
        .toList();
  }

  private static List<Permission> of(Grant grant, List<Permission> answered) {
    return answered.stream().filter(permission -> permission.grant() == grant).toList();
  }

  private static <T> T call(
      OpenBackend backend, String id, String toDo, RetryingCaller.Attempt<T> attempt) {
    return backend
        .caller()
        .call(new RetryingCaller.Plan(toDo, new CallTrace(id), WITHIN, false, false), attempt);
  }

  /** Reads keys of a backend to say which of them could not be used. */
  private record KeysProbe(KeyPolicy policy) {

    /** As many of the keys that Enclave made are read. */
    private static final int MOST_READ = 5;

    /** A retired key is there to verify, and may be meant to. */
    private static final Set<KeyState> USEFUL = Set.of(KeyState.ACTIVE, KeyState.VERIFY_ONLY);

    private static final int MOST_PAGES = 20;

    /**
     * What stands against each adopted key.
     *
     * @param severity of what is against its use: a start-up reads none of them
     */
    Stream<Finding> adopted(
        OpenBackend backend, Map<KeyName, Adoption> adoptions, Severity severity) {
      return backend.find(KeyAdopter.class).stream()
          .flatMap(
              adopter ->
                  adoptions.entrySet().stream()
                      .flatMap(
                          e ->
                              adopted(backend, adopter, e.getKey(), e.getValue(), severity)
                                  .stream()));
    }

    private Optional<Finding> adopted(
        OpenBackend backend,
        KeyAdopter adopter,
        KeyName name,
        Adoption adoption,
        Severity severity) {
      try {
        KeySnapshot key =
            call(
                backend,
                "probed",
                Texts.TO_READ_KEY.with(name),
                call -> adopter.adopt(name, adoption.uri(), call));
        policy.requireUsable(backend.id(), key, Optional.of(adoption));
        if (key.versions().stream().noneMatch(v -> USEFUL.contains(v.state()))) {
          return Optional.of(
              Texts.KEY_UNUSABLE.finding(
                  severity, ErrorCode.KEY_NOT_ACTIVE, name, shown(key.versions())));
        }
        return key.stamp() instanceof StampReading.Unreadable unreadable
            ? Optional.of(accepted(name, unreadable))
            : Optional.empty();
      } catch (EnclaveException e) {
        Finding finding = Findings.of(e);
        return Optional.of(Finding.of(severity, finding.code(), finding.observed(), finding.fix()));
      }
    }

    /**
     * Reads keys that Enclave made until one can be used, which the backend remembers.
     *
     * @return what stands against their use; nothing where one can be used, or none is there
     */
    Optional<Finding> made(OpenBackend backend) {
      try {
        List<KeyVersion> off = new ArrayList<>();
        for (KeyName name : names(backend)) {
          KeySnapshot key =
              call(
                  backend,
                  "probed",
                  Texts.TO_READ_KEY.with(name),
                  call -> backend.backend().load(name, call));
          if (key.active().isPresent()) {
            return Optional.empty();
          }
          key.versions().stream().filter(v -> v.state() == KeyState.DISABLED).forEach(off::add);
        }
        return off.isEmpty()
            ? Optional.empty()
            : Optional.of(Texts.NO_KEY_USABLE.error(ErrorCode.KEY_NOT_ACTIVE, shown(off)));
      } catch (EnclaveException e) {
        // The answers for each permission say what is missing.
        return e.code() == ErrorCode.ACCESS_DENIED ? Optional.empty() : Optional.of(Findings.of(e));
      }
    }

    private List<KeyName> names(OpenBackend backend) {
      Optional<KeyLister> lister = backend.find(KeyLister.class);
      List<KeyName> names = new ArrayList<>();
      Optional<String> next = Optional.empty();
      for (int page = 0; lister.isPresent() && names.isEmpty() && page < MOST_PAGES; page++) {
        Optional<String> from = next;
        KeyLister.Names found =
            call(
                backend,
                "probed",
                Texts.TO_LIST_KEYS.with(),
                call -> lister.get().page(from, call));
        found.names().stream()
            .filter(name -> !ReservedNames.contains(name))
            .sorted()
            .limit(MOST_READ)
            .forEach(names::add);
        next = found.next();
        if (next.isEmpty()) {
          break;
        }
      }
      return names;
    }

    private static String shown(List<KeyVersion> versions) {
      return versions.stream()
          .map(version -> version.state() + " (" + ForeignText.of(version.providerUri()) + ")")
          .collect(Collectors.joining(", "));
    }

    private static Finding accepted(KeyName name, StampReading.Unreadable stamp) {
      return Texts.UNREADABLE_STAMP_ACCEPTED.warning(
          ErrorCode.STAMP_UNREADABLE,
          name,
          ForeignText.of(stamp.reason()),
          Settings.acceptUnreadableStamp(name),
          ForeignText.of(stamp.remedy()));
    }
  }
}
