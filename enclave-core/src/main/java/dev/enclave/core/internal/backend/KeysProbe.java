package dev.enclave.core.internal.backend;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.core.internal.call.BackendCaller;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.config.Adoption;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyLister;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads keys of a backend to say which of them could not be used. */
record KeysProbe(KeyPolicy policy, Duration within) {

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
      OpenBackend backend, KeyAdopter adopter, KeyName name, Adoption adoption, Severity severity) {
    try {
      KeySnapshot key =
          call(
              backend,
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
            call(backend, Texts.TO_READ_KEY.with(name), call -> backend.backend().load(name, call));
        if (key.active().isPresent()) {
          return Optional.empty();
        }
        key.versions().stream().filter(v -> v.state() == KeyState.DISABLED).forEach(off::add);
      }
      return off.isEmpty()
          ? Optional.empty()
          : Optional.of(
              Texts.NO_KEY_USABLE.finding(Severity.ERROR, ErrorCode.KEY_NOT_ACTIVE, shown(off)));
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
          call(backend, Texts.TO_LIST_KEYS.with(), call -> lister.get().page(from, call));
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

  private <T> T call(OpenBackend backend, String what, BackendCaller.Attempt<T> attempt) {
    return backend
        .caller()
        .call(new Plan(what, new CallTrace("probed"), within, false, false), attempt);
  }

  private static String shown(List<KeyVersion> versions) {
    return versions.stream()
        .map(version -> version.state() + " (" + ForeignText.of(version.providerUri()) + ")")
        .collect(Collectors.joining(", "));
  }

  private static Finding accepted(KeyName name, StampReading.Unreadable stamp) {
    return Texts.UNREADABLE_STAMP_ACCEPTED.finding(
        Severity.WARNING,
        ErrorCode.STAMP_UNREADABLE,
        name,
        ForeignText.of(stamp.reason()),
        Settings.acceptUnreadableStamp(name),
        ForeignText.of(stamp.remedy()));
  }
}
