package dev.enclave.core.internal.policy;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.spi.detection.Detection;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Which backend may hold new keys where: two tables and the function that reads them. The engine
 * decides by them, and {@code docs/policy.md} prints them.
 */
public final class PolicyMatrix {

  /** What an environment type says of an assurance that a backend gives at best. */
  public enum Standing {
    /** With nothing configured. */
    YES("yes"),
    /** With nothing configured, and a warning. */
    WARNED("with a warning"),
    /** If configuration lowers the minimum to it, and with a warning. */
    LOWERED("if `minimum-assurance` is lowered to it, with a warning"),
    /** If the operator acknowledges reduced security, and with a warning. */
    ACKNOWLEDGED("if `acknowledge-reduced-security` is `true`, with a warning"),
    /** Only where the environment type is configured, which is the acknowledgement. */
    UNDECLARED("only once `enclave.environment` is set"),
    /** Whatever is configured. */
    NO("never");

    private final String words;

    Standing(String words) {
      this.words = words;
    }

    /** For the documentation. */
    public String words() {
      return words;
    }
  }

  /** How a backend comes to be considered. */
  public enum Configured {
    /** {@code enclave.backend} names it. */
    EXPLICITLY,
    /** Its turn has come, in the configured order or the default one. */
    BY_ORDER
  }

  /** What a backend says about this place, without the reason. */
  public enum Detected {
    PRESENT,
    ABSENT,
    INCONCLUSIVE;

    /** The kind of an answer. */
    public static Detected of(Detection detection) {
      if (detection instanceof Detection.Present) {
        return PRESENT;
      }
      return detection instanceof Detection.Absent ? ABSENT : INCONCLUSIVE;
    }
  }

  /**
   * One question.
   *
   * @param environment the environment type
   * @param declared whether configuration names it
   * @param acknowledged whether configuration acknowledges reduced security
   * @param minimum the minimum assurance in force
   * @param ceiling the best assurance the backend gives
   * @param configured how it comes to be considered
   * @param detected what it says about this place
   */
  public record Case(
      EnvironmentType environment,
      boolean declared,
      boolean acknowledged,
      Assurance minimum,
      Assurance ceiling,
      Configured configured,
      Detected detected) {}

  /** The answer. */
  public enum Verdict {
    /** It may be used. */
    USABLE,
    /** It may be used, and a warning is due. */
    REDUCED,
    /** It protects keys less than the minimum, or than the environment type ever allows. */
    TOO_WEAK,
    /** It needs the environment type to be configured. */
    UNDECLARED,
    /** It needs reduced security to be acknowledged. */
    UNACKNOWLEDGED,
    /** Nothing says that it is here, and nobody asked for it by name. */
    NOT_HERE
  }

  private PolicyMatrix() {}

  /** The verdict on one backend. */
  public static Verdict verdict(Case asked) {
    Standing standing = standing(asked.environment(), asked.declared(), asked.ceiling());
    if (standing == Standing.NO || !asked.ceiling().atLeast(asked.minimum())) {
      return Verdict.TOO_WEAK;
    }
    if (standing == Standing.UNDECLARED) {
      return Verdict.UNDECLARED;
    }
    if (standing == Standing.ACKNOWLEDGED && !asked.acknowledged()) {
      return Verdict.UNACKNOWLEDGED;
    }
    if (!considered(asked.configured(), asked.detected())) {
      return Verdict.NOT_HERE;
    }
    return standing == Standing.YES ? Verdict.USABLE : Verdict.REDUCED;
  }

  /** The first table. What needs an acknowledgement needs the environment type to be configured. */
  public static Standing standing(
      EnvironmentType environment, boolean declared, Assurance ceiling) {
    Standing standing = declared(environment, ceiling);
    boolean acknowledgement = standing == Standing.WARNED || standing == Standing.ACKNOWLEDGED;
    return acknowledgement && !declared ? Standing.UNDECLARED : standing;
  }

  private static Standing declared(EnvironmentType environment, Assurance ceiling) {
    return switch (environment) {
      case PRODUCTION ->
          switch (ceiling) {
            case HSM -> Standing.YES;
            case HARDWARE, HSM_WRAPPED -> Standing.LOWERED;
            case OS_SEALED, SOFTWARE, PLAINTEXT -> Standing.NO;
          };
      case STAGING ->
          switch (ceiling) {
            case HSM, HARDWARE, HSM_WRAPPED -> Standing.YES;
            case OS_SEALED, SOFTWARE, PLAINTEXT -> Standing.NO;
          };
      case DEVELOPMENT ->
          switch (ceiling) {
            case HSM, HARDWARE, HSM_WRAPPED, OS_SEALED -> Standing.YES;
            case SOFTWARE -> Standing.WARNED;
            case PLAINTEXT -> Standing.NO;
          };
      case LOCAL ->
          switch (ceiling) {
            case HSM, HARDWARE, HSM_WRAPPED, OS_SEALED -> Standing.YES;
            case SOFTWARE -> Standing.WARNED;
            case PLAINTEXT -> Standing.ACKNOWLEDGED;
          };
    };
  }

  /** The second table: whether detection lets a backend have its turn. */
  public static boolean considered(Configured configured, Detected detected) {
    return configured == Configured.EXPLICITLY || detected == Detected.PRESENT;
  }

  /** How far configuration may lower the minimum. */
  public static Assurance lowest(EnvironmentType environment) {
    return weakest(environment, standing -> standing != Standing.NO);
  }

  /** The weakest assurance that needs nothing configured and no warning. */
  public static Assurance recommended(EnvironmentType environment) {
    return weakest(environment, standing -> standing == Standing.YES);
  }

  private static Assurance weakest(EnvironmentType environment, Predicate<Standing> enough) {
    return Arrays.stream(Assurance.values())
        .filter(ceiling -> enough.test(standing(environment, true, ceiling)))
        .findFirst()
        .orElse(Assurance.HSM);
  }
}
