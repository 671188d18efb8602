package dev.enclave.diagnosis;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.error.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What a start-up would do and why: the content of {@code enclave doctor}.
 *
 * @param environment the environment type; none when it cannot be told and must be set
 * @param environmentReason where that comes from
 * @param settings the effective configuration, by name
 * @param signals what each detector said
 * @param resolution the backend that would be chosen; none when start-up would fail before
 * @param candidates every backend considered and what was said of it
 * @param permissions what the chosen backend's identity may do; none unless it was asked
 * @param accessPolicy the least this very configuration needs, if the provider can say
 * @param engines which implementation serves each local algorithm
 * @param auditLog what is known of the audit log, a sentence each: where it is, which keys sign its
 *     checkpoints
 * @param health everything that stands in the way or deserves a warning
 * @param refusal the code of the exception that a start-up would end with; none if it would start
 */
public record Diagnosis(
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
    Optional<ErrorCode> refusal) {

  /**
   * One effective setting.
   *
   * @param name the full name
   * @param value the value; {@code ***} if secret
   * @param source where it was set
   */
  public record Setting(String name, String value, String source) {}

  /**
   * What one detector said.
   *
   * @param detector its id
   * @param status {@code present}, {@code absent} or {@code inconclusive}
   * @param detail evidence or reason
   */
  public record Signal(String detector, String status, String detail) {}

  /**
   * Something the process's identity must be allowed to do.
   *
   * @param name as the provider writes it, such as {@code kms:Sign}
   * @param neededFor what fails without it, such as {@code signing}
   * @param granted whether the identity has it
   * @param fix what to do where it is missing
   */
  public record Permission(String name, String neededFor, boolean granted, String fix) {}

  /**
   * What a deployment must grant.
   *
   * @param needed whether anything is to be granted at all
   * @param text the policy in the provider's own format, or why none is needed; several lines
   */
  public record AccessPolicy(boolean needed, String text) {}

  /**
   * Which implementation serves an algorithm.
   *
   * @param algorithm the scheme
   * @param engine library and version
   * @param memory where a private key lies between its uses
   */
  public record EngineInfo(KeyAlgorithm algorithm, String engine, String memory) {}

  public Diagnosis {
    settings = List.copyOf(settings);
    signals = List.copyOf(signals);
    candidates = List.copyOf(candidates);
    permissions = List.copyOf(permissions);
    engines = List.copyOf(engines);
    auditLog = List.copyOf(auditLog);
  }
}
