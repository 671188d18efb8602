package dev.enclave.core.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.diagnosis.Diagnosis.EngineInfo;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.Diagnosis.Setting;
import dev.enclave.diagnosis.Diagnosis.Signal;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.Resolution;
import dev.enclave.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/** What a start-up would do and why. */
record EngineDiagnosis(
    Optional<EnvironmentType> environment,
    String environmentReason,
    List<Setting> settings,
    List<Signal> signals,
    Optional<Resolution> resolution,
    List<Resolution.Rejection> candidates,
    List<Permission> permissions,
    Optional<AccessPolicy> accessPolicy,
    List<EngineInfo> engines,
    List<String> auditLog,
    HealthReport health,
    Optional<ErrorCode> refusal)
    implements Diagnosis {
  EngineDiagnosis {
    settings = List.copyOf(settings);
    signals = List.copyOf(signals);
    candidates = List.copyOf(candidates);
    permissions = List.copyOf(permissions);
    engines = List.copyOf(engines);
    auditLog = List.copyOf(auditLog);
  }
}
