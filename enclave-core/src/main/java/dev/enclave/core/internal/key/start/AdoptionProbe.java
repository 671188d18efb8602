package dev.enclave.core.internal.key.start;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.config.Adoption;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.key.slot.OpenBackend;
import dev.enclave.core.internal.policy.Findings;
import dev.enclave.core.internal.policy.KeyPolicy;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the adopted keys of a backend to say which of them could not be used. */
record AdoptionProbe(KeyPolicy policy, Duration within) {

  /** What stands against each key; warnings, since a start-up reads none of them. */
  Stream<Finding> ask(OpenBackend backend, Map<KeyName, Adoption> adoptions) {
    return backend.find(KeyAdopter.class).stream()
        .flatMap(
            adopter ->
                adoptions.entrySet().stream()
                    .flatMap(e -> ask(backend, adopter, e.getKey(), e.getValue()).stream()));
  }

  private Optional<Finding> ask(
      OpenBackend backend, KeyAdopter adopter, KeyName name, Adoption adoption) {
    try {
      KeySnapshot key =
          backend
              .caller()
              .call(
                  new Plan("read key " + name, new CallTrace("adopted"), within, false, false),
                  call -> adopter.adopt(name, adoption.uri(), call));
      policy.requireUsable(backend.id(), key, Optional.of(adoption));
      return key.stamp() instanceof StampReading.Unreadable unreadable
          ? Optional.of(accepted(name, unreadable))
          : Optional.empty();
    } catch (EnclaveException e) {
      Finding finding = Findings.of(e);
      return Optional.of(
          Finding.of(Severity.WARNING, finding.code(), finding.observed(), finding.fix()));
    }
  }

  private static Finding accepted(KeyName name, StampReading.Unreadable stamp) {
    return Finding.of(
        Severity.WARNING,
        ErrorCode.STAMP_UNREADABLE,
        "key "
            + name
            + " is used although its environment stamp cannot be read ("
            + ForeignText.of(stamp.reason())
            + "), which "
            + SettingNames.acceptUnreadableStamp(name)
            + " accepts",
        ForeignText.of(stamp.remedy()) + ", and remove that setting");
  }
}
