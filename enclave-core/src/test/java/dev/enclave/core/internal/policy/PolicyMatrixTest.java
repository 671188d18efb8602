package dev.enclave.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.policy.PolicyMatrix.Case;
import dev.enclave.core.internal.policy.PolicyMatrix.Configured;
import dev.enclave.core.internal.policy.PolicyMatrix.Detected;
import dev.enclave.core.internal.policy.PolicyMatrix.Verdict;
import dev.enclave.spi.detection.Detection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every case there is, against rules that are written down independently of the tables. */
final class PolicyMatrixTest {

  private static final Set<Verdict> USE = EnumSet.of(Verdict.USABLE, Verdict.REDUCED);

  /** All 4 × 2 × 2 × 6 × 6 × 2 × 3 cases, minima that no configuration may ask for included. */
  private static Stream<Case> all() {
    List<Case> cases = new ArrayList<>();
    for (EnvironmentType environment : EnvironmentType.values()) {
      for (boolean declared : new boolean[] {true, false}) {
        for (boolean acknowledged : new boolean[] {true, false}) {
          for (Assurance minimum : Assurance.values()) {
            for (Assurance ceiling : Assurance.values()) {
              for (Configured configured : Configured.values()) {
                for (Detected detected : Detected.values()) {
                  cases.add(
                      new Case(
                          environment,
                          declared,
                          acknowledged,
                          minimum,
                          ceiling,
                          configured,
                          detected));
                }
              }
            }
          }
        }
      }
    }
    return cases.stream();
  }

  private static Stream<Case> used() {
    return all().filter(asked -> USE.contains(PolicyMatrix.verdict(asked)));
  }

  @Test
  void coversEveryCase() {
    assertThat(all()).hasSize(4 * 2 * 2 * 6 * 6 * 2 * 3);
    assertThat(used()).isNotEmpty();
  }

  @Test
  void neverUsesSoftwareOrTheOperatingSystem_inProduction_whateverTheMinimum() {
    assertThat(used())
        .filteredOn(c -> c.environment() == EnvironmentType.PRODUCTION)
        .allMatch(c -> c.ceiling().compareTo(Assurance.HSM_WRAPPED) >= 0);
  }

  @Test
  void neverUsesSoftwareOrTheOperatingSystem_inStaging_whateverTheMinimum() {
    assertThat(used())
        .filteredOn(c -> c.environment() == EnvironmentType.STAGING)
        .allMatch(c -> c.ceiling().compareTo(Assurance.HSM_WRAPPED) >= 0);
  }

  @Test
  void neverUsesLessThanTheMinimum() {
    assertThat(used()).allMatch(c -> c.ceiling().compareTo(c.minimum()) >= 0);
  }

  @Test
  void neverUsesLessThanOsSealed_whereTheEnvironmentIsNotDeclared() {
    assertThat(used())
        .filteredOn(c -> !c.declared())
        .allMatch(c -> c.ceiling().compareTo(Assurance.OS_SEALED) >= 0);
  }

  @Test
  void usesPlaintextInLocalAlone_andOnlyWhereThatIsAcknowledged() {
    assertThat(used())
        .filteredOn(c -> c.ceiling() == Assurance.PLAINTEXT)
        .isNotEmpty()
        .allMatch(
            c -> c.environment() == EnvironmentType.LOCAL && c.declared() && c.acknowledged());
  }

  @Test
  void whatIsNotPresentIsUsed_onlyWhenNamed() {
    assertThat(used())
        .filteredOn(c -> c.detected() != Detected.PRESENT)
        .isNotEmpty()
        .allMatch(c -> c.configured() == Configured.EXPLICITLY);
  }

  @Test
  void whatIsNotUsedIsToldTheFirstThingThatStandsInItsWay() {
    for (Case c : all().toList()) {
      Verdict verdict = PolicyMatrix.verdict(c);
      assertThat(USE.contains(verdict) ? Optional.empty() : Optional.of(verdict))
          .as("%s", c)
          .isEqualTo(obstacle(c));
    }
  }

  private static Optional<Verdict> obstacle(Case c) {
    Assurance lowest = SecurityPolicy.lowestAssurance(c.environment());
    if (c.ceiling().compareTo(lowest) < 0 || c.ceiling().compareTo(c.minimum()) < 0) {
      return Optional.of(Verdict.TOO_WEAK);
    } else if (!c.declared() && c.ceiling().compareTo(Assurance.OS_SEALED) < 0) {
      return Optional.of(Verdict.UNDECLARED);
    } else if (c.ceiling() == Assurance.PLAINTEXT && !c.acknowledged()) {
      return Optional.of(Verdict.UNACKNOWLEDGED);
    }
    return c.detected() == Detected.PRESENT || c.configured() == Configured.EXPLICITLY
        ? Optional.empty()
        : Optional.of(Verdict.NOT_HERE);
  }

  @Test
  void everyStandingHasWordsOfItsOwn() {
    assertThat(PolicyMatrix.Standing.values())
        .extracting(PolicyMatrix.Standing::words)
        .doesNotHaveDuplicates()
        .allSatisfy(words -> assertThat(words).isNotBlank());
  }

  @Test
  void takesOneKindOfDetectionForNoOther() {
    assertThat(Detected.of(Detection.present("seen"))).isEqualTo(Detected.PRESENT);
    assertThat(Detected.of(new Detection.Absent("no region"))).isEqualTo(Detected.ABSENT);
    assertThat(Detected.of(new Detection.Inconclusive("timeout"))).isEqualTo(Detected.INCONCLUSIVE);
  }

  @Test
  void inconclusiveNeverAllowsMoreThanPresent() {
    assertThat(used())
        .filteredOn(c -> c.detected() == Detected.INCONCLUSIVE)
        .allMatch(c -> USE.contains(PolicyMatrix.verdict(with(c, Detected.PRESENT))));
  }

  @Test
  void warnsOfEverythingWeakerThanWhatIsRecommended_andOfNothingElse() {
    assertThat(used())
        .allMatch(
            c ->
                (PolicyMatrix.verdict(c) == Verdict.REDUCED)
                    == c.ceiling().compareTo(recommended(c.environment())) < 0);
  }

  @Test
  void aStrongerBackendIsNeverWorseOff() {
    assertThat(used())
        .allSatisfy(
            c -> {
              for (Assurance stronger : Assurance.values()) {
                if (stronger.compareTo(c.ceiling()) > 0) {
                  assertThat(PolicyMatrix.verdict(with(c, stronger))).isIn(USE);
                }
              }
            });
  }

  @Test
  void declaringNeverTakesAnythingAway() {
    assertThat(used())
        .filteredOn(c -> !c.declared())
        .allMatch(
            c ->
                PolicyMatrix.verdict(
                        new Case(
                            c.environment(),
                            true,
                            c.acknowledged(),
                            c.minimum(),
                            c.ceiling(),
                            c.configured(),
                            c.detected()))
                    == PolicyMatrix.verdict(c));
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithTheDefaultsThatApplicationsSee(EnvironmentType environment) {
    SecurityPolicy defaults = SecurityPolicy.defaultsFor(environment);
    assertThat(PolicyMatrix.lowest(environment))
        .isEqualTo(SecurityPolicy.lowestAssurance(environment));
    assertThat(PolicyMatrix.recommended(environment)).isEqualTo(defaults.recommendedAssurance());
    for (Assurance ceiling : Assurance.values()) {
      boolean withoutLowering =
          EnumSet.of(
                  PolicyMatrix.Standing.YES,
                  PolicyMatrix.Standing.WARNED,
                  PolicyMatrix.Standing.ACKNOWLEDGED)
              .contains(PolicyMatrix.standing(environment, true, ceiling));
      assertThat(withoutLowering)
          .as(environment + " with " + ceiling)
          .isEqualTo(ceiling.compareTo(defaults.minimumAssurance()) >= 0);
    }
  }

  private static Assurance recommended(EnvironmentType environment) {
    return switch (environment) {
      case PRODUCTION -> Assurance.HSM;
      case STAGING -> Assurance.HSM_WRAPPED;
      case DEVELOPMENT, LOCAL -> Assurance.OS_SEALED;
    };
  }

  private static Case with(Case c, Detected detected) {
    return new Case(
        c.environment(),
        c.declared(),
        c.acknowledged(),
        c.minimum(),
        c.ceiling(),
        c.configured(),
        detected);
  }

  private static Case with(Case c, Assurance ceiling) {
    return new Case(
        c.environment(),
        c.declared(),
        c.acknowledged(),
        c.minimum(),
        ceiling,
        c.configured(),
        c.detected());
  }
}
