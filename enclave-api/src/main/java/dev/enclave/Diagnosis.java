package dev.enclave;

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
 * @param engines which implementation serves each local algorithm
 * @param auditLog what is known of the audit log, a sentence each: where it is, where its
 *     checkpoint key lives
 * @param health everything that stands in the way or deserves a warning
 */
public record Diagnosis(
    Optional<EnvironmentType> environment,
    String environmentReason,
    List<Setting> settings,
    List<Signal> signals,
    Optional<Resolution> resolution,
    List<Resolution.Rejection> candidates,
    List<EngineInfo> engines,
    List<String> auditLog,
    HealthReport health) {

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
    engines = List.copyOf(engines);
    auditLog = List.copyOf(auditLog);
  }
}
