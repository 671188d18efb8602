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
 *     checkpoints, and what the backend's provider needs to log who uses keys
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

  public Diagnosis {
    settings = List.copyOf(settings);
    signals = List.copyOf(signals);
    candidates = List.copyOf(candidates);
    permissions = List.copyOf(permissions);
    engines = List.copyOf(engines);
    auditLog = List.copyOf(auditLog);
  }

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

  /** What a backend's provider said of a permission. */
  public enum Grant {
    /** It is needed and there. */
    GRANTED,
    /** It is needed, and the provider denies it. */
    MISSING,
    /** It is needed, and no answer of the provider's tells whether it is there. */
    UNKNOWN,
    /** It is there and needed for nothing. */
    EXCESS
  }

  /**
   * Something the process's identity must be allowed to do, or is allowed without need.
   *
   * @param name as the provider writes it, such as {@code kms:Sign}
   * @param neededFor what fails without it, such as {@code signing}; of an excess one, what it
   *     makes possible
   * @param grant what the provider said of it
   * @param reason why that is not known; empty where it is
   * @param fix what to do where it is missing, unknown or too much
   */
  public record Permission(String name, String neededFor, Grant grant, String reason, String fix) {
    /** A permission that is needed, and of which the provider's answer is known. */
    public static Permission of(String name, String neededFor, boolean granted, String fix) {
      return new Permission(name, neededFor, granted ? Grant.GRANTED : Grant.MISSING, "", fix);
    }

    /** A permission that is needed, and of which the provider said neither. */
    public static Permission unknown(String name, String neededFor, String reason, String fix) {
      return new Permission(name, neededFor, Grant.UNKNOWN, reason, fix);
    }

    /** A permission that is granted and needed for nothing. */
    public static Permission excess(String name, String allows, String fix) {
      return new Permission(name, allows, Grant.EXCESS, "", fix);
    }

    /** Whether the identity has it for certain. */
    public boolean granted() {
      return grant == Grant.GRANTED || grant == Grant.EXCESS;
    }
  }

  /**
   * What a deployment must grant.
   *
   * @param needed whether anything is to be granted at all
   * @param text the policy in the provider's own format, or why none is needed; several lines
   * @param providerLog where the provider's own log of who uses keys has to be switched on, a
   *     sentence that says so
   */
  public record AccessPolicy(boolean needed, String text, Optional<String> providerLog) {
    /** A policy; the provider's own log needs nothing, or there is none. */
    public static AccessPolicy of(boolean needed, String text) {
      return new AccessPolicy(needed, text, Optional.empty());
    }

    /** The same, with what the provider's own log needs. */
    public AccessPolicy withProviderLog(String sentence) {
      return new AccessPolicy(needed, text, Optional.of(sentence));
    }
  }

  /**
   * Which implementation serves an algorithm.
   *
   * @param algorithm the scheme
   * @param engine library and version
   * @param memory where a private key lies between its uses
   */
  public record EngineInfo(KeyAlgorithm algorithm, String engine, String memory) {}
}
