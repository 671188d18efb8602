package dev.enclave.core.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.core.internal.config.Configuration.IgnoredLowering;
import dev.enclave.core.internal.config.Precedence.Decision;
import dev.enclave.core.internal.config.Precedence.Source;
import dev.enclave.core.internal.config.Precedence.Source.Statement;
import dev.enclave.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrecedenceTest {

  private static final String ACKNOWLEDGE = "enclave.acknowledge-reduced-security";
  private static final String ALGORITHMS = "enclave.algorithms";
  private static final String AUDIT_COUNTERSIGN = "enclave.audit.countersign";
  private static final String AUDIT_RETENTION = "enclave.audit.retention";
  private static final String AUDIT_SINK = "enclave.audit.sink";
  private static final String BACKENDS = "enclave.backends";
  private static final String ENVIRONMENT = "enclave.environment";
  private static final String FALLBACK = "enclave.fallback";
  private static final String FALLBACK_MINIMUM_ASSURANCE = "enclave.fallback.minimum-assurance";
  private static final String FALLBACK_VALID_FOR = "enclave.fallback.valid-for";
  private static final String JOBS_EXPIRY = "enclave.jobs.expiry";
  private static final String LENT_KEYS_OPEN_TO_CALLERS = "enclave.lent-keys-open-to-callers";
  private static final String MAY_BE_LOWERED = "enclave.may-be-lowered";
  private static final String MIGRATION_APPROVERS = "enclave.migration.approvers";
  private static final String MIGRATION_DESTROY_AFTER = "enclave.migration.destroy-after";
  private static final String MIGRATION_FOLLOW = "enclave.migration.follow";
  private static final String MIGRATION_QUORUM = "enclave.migration.quorum";
  private static final String MIGRATION_VALIDITY = "enclave.migration.validity";
  private static final String MINIMUM_ASSURANCE = "enclave.minimum-assurance";
  private static final String READING_MAXIMUM_AGE = "enclave.reading.maximum-age";
  private static final String ROTATION_AUTOMATIC = "enclave.rotation.automatic";
  private static final String ROTATION_DESTROY_AFTER = "enclave.rotation.destroy-after";
  private static final String ROTATION_INTERVAL = "enclave.rotation.interval";
  private static final String ROTATION_VERIFY_FOR = "enclave.rotation.verify-for";

  private static final String ONE =
      "1111111111111111111111111111111111111111111111111111111111111111";
  private static final String TWO =
      "2222222222222222222222222222222222222222222222222222222222222222";

  /** Of four sources, each with every environment type or none, each acknowledging or not. */
  @Test
  void everyCombinationOfFourSourcesIsDecidedByTheRule() {
    List<String> types = List.of("", "local", "development", "staging", "production");
    int[] stated = new int[4];
    int combinations = 0;
    for (int number = 0; number < 10_000; number++) {
      for (int i = 0, rest = number; i < 4; i++, rest /= 10) {
        stated[i] = rest % 10;
      }
      List<Source> sources = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean says = stated[i] >= 2;
        boolean mayBeLowered = stated[i] % 2 == 1;
        sources.add(
            says
                ? source("s" + i, ENVIRONMENT, types.get(stated[i] / 2), mayBeLowered)
                : mayBeLowered ? of("s" + i, MAY_BE_LOWERED, ENVIRONMENT) : of("s" + i));
      }
      String expected = types.get(rule(stated));
      Decision decision = Precedence.decide(sources);

      assertThat(value(decision, ENVIRONMENT)).as("%s", sources).isEqualTo(expected);
      combinations++;
    }
    assertThat(combinations).isEqualTo(10_000);
  }

  /**
   * The rule in the words of the documentation, as ranks: the last value that is as strict as each
   * one before it whose source does not let it be lowered.
   */
  private static int rule(int[] stated) {
    int floor = 0;
    int inForce = 0;
    for (int each : stated) {
      int rank = each / 2;
      boolean mayBeLowered = each % 2 == 1;
      if (rank >= floor && rank > 0) {
        inForce = rank;
        floor = mayBeLowered ? floor : rank;
      }
    }
    return inForce;
  }

  @ParameterizedTest
  @CsvSource({
    "enclave.keys.treasury.accept-unreadable-stamp, false, true",
    ENVIRONMENT + ", production, staging",
    ENVIRONMENT + ", STAGING, development",
    ENVIRONMENT + ", development, Local",
    MINIMUM_ASSURANCE + ", hsm, hardware",
    MINIMUM_ASSURANCE + ", hsm-wrapped, OS_SEALED",
    MINIMUM_ASSURANCE + ", software, plaintext",
    BACKENDS + ", aws-kms, 'aws-kms,software'",
    ALGORITHMS + ", ED25519, 'ED25519,ECDSA_SECP256K1_SHA256'",
    LENT_KEYS_OPEN_TO_CALLERS + ", aws-kms:kek, 'aws-kms:kek,aws-kms:other'",
    ROTATION_INTERVAL + ", P90D, P91D",
    ROTATION_INTERVAL + ", P36500D, never",
    ROTATION_AUTOMATIC + ", on, off",
    READING_MAXIMUM_AGE + ", PT1M, PT10M",
    MIGRATION_APPROVERS + ", " + ONE + ", '" + ONE + "," + TWO + "'",
    MIGRATION_QUORUM + ", 3, 2",
    MIGRATION_VALIDITY + ", PT8H, P1D",
    MIGRATION_FOLLOW + ", false, true",
    MIGRATION_DESTROY_AFTER + ", P90D, P30D",
    FALLBACK + ", disabled, software",
    FALLBACK_VALID_FOR + ", PT4H, PT12H",
    ACKNOWLEDGE + ", false, true",
    AUDIT_COUNTERSIGN + ", required, auto",
    AUDIT_COUNTERSIGN + ", auto, off",
    AUDIT_SINK + ", file, stdout",
    AUDIT_SINK + ", 'file,slf4j', file",
    ROTATION_DESTROY_AFTER + ", P400D, PT4H",
    JOBS_EXPIRY + ", PT6H, P1D",
    "enclave.aws-kms.allowed-endpoints, https://a.example, 'https://a.example,https://b.example'",
    "enclave.aws-kms.pending-window-days, 30, 7",
    "enclave.kubernetes.data-key-lifetime, PT15M, PT1H"
  })
  void aLaterSourceMayTightenEachSettingOfThePolicy_andNotLowerIt(
      String name, String strict, String weak) {
    Decision lowered = decide(name, strict, weak);
    assertThat(value(lowered, name)).isEqualTo(strict);
    assertThat(lowered.ignored()).extracting(i -> i.entry().value()).containsExactly(weak);

    Decision tightened = decide(name, weak, strict);
    assertThat(value(tightened, name)).isEqualTo(strict);
    assertThat(tightened.ignored()).isEmpty();
  }

  /** Both ends cost something, or there is no order at all: what was stated stays. */
  @ParameterizedTest
  @CsvSource({
    ROTATION_VERIFY_FOR + ", P300D, PT3H",
    ROTATION_VERIFY_FOR + ", PT3H, P300D",
    AUDIT_RETENTION + ", P400D, P1D",
    AUDIT_RETENTION + ", P1D, P400D",
    "enclave.keys.treasury, arn:of:one, arn:of:another",
    "enclave.aws-kms.account-id, 111111111111, 222222222222"
  })
  void aLaterSourceMayOnlyRepeatWhatHasNoStricterEnd(String name, String stated, String other) {
    Decision replaced = decide(name, stated, other);
    Decision repeated = decide(name, stated, stated);

    assertThat(value(replaced, name)).isEqualTo(stated);
    assertThat(replaced.ignored())
        .singleElement()
        .satisfies(
            i ->
                assertThat(i.observed())
                    .endsWith("is ignored, since it would replace \"" + stated + "\" (earlier)"));
    assertThat(repeated.ignored()).isEmpty();
  }

  /** What is weaker than the default of PRODUCTION or STAGING, where no source states the value. */
  @ParameterizedTest
  @CsvSource({
    FALLBACK + ", software",
    FALLBACK_MINIMUM_ASSURANCE + ", software",
    FALLBACK_VALID_FOR + ", P1D",
    MIGRATION_APPROVERS + ", " + ONE,
    MIGRATION_QUORUM + ", 1",
    MIGRATION_VALIDITY + ", P2D",
    MIGRATION_FOLLOW + ", true",
    MIGRATION_DESTROY_AFTER + ", PT0S",
    ROTATION_INTERVAL + ", never",
    ROTATION_AUTOMATIC + ", off",
    ROTATION_VERIFY_FOR + ", PT3H",
    ROTATION_DESTROY_AFTER + ", PT4H",
    READING_MAXIMUM_AGE + ", PT1H",
    LENT_KEYS_OPEN_TO_CALLERS + ", aws-kms:payments-kek",
    ACKNOWLEDGE + ", true",
    AUDIT_COUNTERSIGN + ", off",
    AUDIT_RETENTION + ", P1D",
    AUDIT_SINK + ", stdout",
    "enclave.keys.treasury, arn:of:another",
    "enclave.keys.treasury.accept-unreadable-stamp, true",
    "enclave.aws-kms.allowed-endpoints, https://another.example",
    "enclave.aws-kms.trusted-certificate, /tmp/another.pem",
    "enclave.aws-kms.pending-window-days, 7",
    "enclave.gcp-kms.allowed-endpoints, https://another.example",
    "enclave.gcp-kms.endpoint-certificate, /tmp/another.pem",
    "enclave.azure-keyvault.rotation-by-vault, used",
    "enclave.kubernetes.data-key-lifetime, PT24H"
  })
  void aDeclaredProductionOrStagingStatesItsDefaults_againstLaterSources(String name, String weak) {
    Source later = of("variables", name, weak);
    for (String type : List.of("production", "staging")) {
      Decision lowered = Precedence.decide(List.of(of("file", ENVIRONMENT, type), later));
      assertThat(lowered.entries()).doesNotContainKey(name);
      assertThat(lowered.ignored())
          .singleElement()
          .satisfies(
              i -> {
                assertThat(i.observed())
                    .contains("(the default of enclave.environment=" + type + ", from file)");
                assertThat(i.fix()).contains("add " + name + " to enclave.may-be-lowered in file");
              });

      Source acknowledging = of("file", ENVIRONMENT, type, MAY_BE_LOWERED, name);
      assertThat(value(Precedence.decide(List.of(acknowledging, later)), name)).isEqualTo(weak);
      Source together = of("file", ENVIRONMENT, type, name, weak);
      assertThat(value(Precedence.decide(List.of(together)), name)).isEqualTo(weak);
    }
    for (String type : List.of("development", "local")) {
      Decision decision = Precedence.decide(List.of(of("file", ENVIRONMENT, type), later));
      assertThat(value(decision, name)).isEqualTo(weak);
    }
  }

  @Test
  void anAllowListIsNoStricter_ifItAllowsAnythingElse() {
    Decision decision = decide(BACKENDS, "aws-kms, os", "os,software");

    assertThat(value(decision, BACKENDS)).isEqualTo("aws-kms, os");
    assertThat(decision.ignored()).hasSize(1);
  }

  @Test
  void aLaterSourceAsksForNoSmallerQuorum_thanWhoNamedTheApprovers() {
    Decision lowered =
        Precedence.decide(
            List.of(of("earlier", MIGRATION_APPROVERS, ONE), of("later", MIGRATION_QUORUM, "1")));
    Decision raised =
        Precedence.decide(
            List.of(of("earlier", MIGRATION_APPROVERS, ONE), of("later", MIGRATION_QUORUM, "3")));
    Decision acknowledged =
        Precedence.decide(
            List.of(
                of("earlier", MIGRATION_APPROVERS, ONE, MAY_BE_LOWERED, MIGRATION_QUORUM),
                of("later", MIGRATION_QUORUM, "1")));
    Decision alone =
        Precedence.decide(List.of(of("one", MIGRATION_APPROVERS, ONE, MIGRATION_QUORUM, "1")));

    assertThat(value(lowered, MIGRATION_QUORUM)).isEmpty();
    assertThat(lowered.ignored()).extracting(i -> i.entry().value()).containsExactly("1");
    assertThat(value(raised, MIGRATION_QUORUM)).isEqualTo("3");
    assertThat(value(acknowledged, MIGRATION_QUORUM)).isEqualTo("1");
    assertThat(value(alone, MIGRATION_QUORUM)).isEqualTo("1");
  }

  @Test
  void everyOtherSettingIsTheLastOnes() {
    assertThat(value(decide("enclave.audit.directory", "/a", "/b"), "enclave.audit.directory"))
        .isEqualTo("/b");
  }

  @Test
  void anAcknowledgementCountsFromTheStricterSourceAlone() {
    Source strict = source("file", ENVIRONMENT, "production", false);
    Source weak = source("variables", ENVIRONMENT, "local", true);

    assertThat(value(Precedence.decide(List.of(strict, weak)), ENVIRONMENT))
        .isEqualTo("production");
  }

  @Test
  void anAcknowledgementCountsForTheNamedSettingAlone() {
    Source strict =
        of(
            "file",
            ENVIRONMENT,
            "production",
            MINIMUM_ASSURANCE,
            "hsm",
            MAY_BE_LOWERED,
            ENVIRONMENT);
    Source weak = of("variables", ENVIRONMENT, "staging", MINIMUM_ASSURANCE, "hsm-wrapped");

    Decision decision = Precedence.decide(List.of(strict, weak));

    assertThat(value(decision, ENVIRONMENT)).isEqualTo("staging");
    assertThat(value(decision, MINIMUM_ASSURANCE)).isEqualTo("hsm");
  }

  @Test
  void everyStricterSourceMustAcknowledge_andThoseThatDoNotAreNamed() {
    Decision decision =
        Precedence.decide(
            List.of(
                source("class path", ENVIRONMENT, "production", false),
                source("file", ENVIRONMENT, "production", false),
                source("third", ENVIRONMENT, "production", true),
                source("variables", ENVIRONMENT, "local", false)));

    assertThat(value(decision, ENVIRONMENT)).isEqualTo("production");
    assertThat(decision.ignored()).hasSize(1);
    assertThat(decision.ignored().get(0).fix())
        .contains("in class path and file")
        .doesNotContain("third");
  }

  @Test
  void anIgnoredLoweringIsToldWithBothSources() {
    IgnoredLowering told = decide(ENVIRONMENT, "production", "local").ignored().get(0);

    assertThat(told.observed())
        .isEqualTo(
            "Setting enclave.environment is \"local\" (from later) and is ignored, since it is"
                + " less strict than \"production\" (earlier)");
    assertThat(told.fix())
        .isEqualTo(
            "remove it, or, if it is meant, add enclave.environment to enclave.may-be-lowered in"
                + " earlier");
  }

  /** What a start script appends to a command line comes from a variable as likely as not. */
  @Test
  void noSourceLowersItsOwnValue_evenIfItAcknowledges() {
    Source commandLine =
        of(
            "command line",
            ENVIRONMENT,
            "production",
            MAY_BE_LOWERED,
            ENVIRONMENT,
            ENVIRONMENT,
            "local");

    Decision decision = Precedence.decide(List.of(commandLine));

    assertThat(value(decision, ENVIRONMENT)).isEqualTo("production");
    assertThat(decision.ignored().get(0).fix())
        .isEqualTo("state the setting once on the command line");
  }

  @Test
  void aDeclaredEnvironmentStatesItsMinimum_againstLaterSources() {
    Source file = source("file", ENVIRONMENT, "production", false);
    Source variables = source("variables", MINIMUM_ASSURANCE, "hsm-wrapped", false);

    Decision decision = Precedence.decide(List.of(file, variables));

    assertThat(decision.entries()).doesNotContainKey(MINIMUM_ASSURANCE);
    assertThat(decision.ignored().get(0).observed())
        .contains(
            "less strict than \"hsm\" (the default of enclave.environment=production, from file)");
  }

  @Test
  void theImpliedMinimumIsLoweredByItsOwnSource_byAnEarlierOne_orWhereAcknowledged() {
    Source together = of("file", ENVIRONMENT, "production", MINIMUM_ASSURANCE, "hsm-wrapped");
    Source environment = source("file", ENVIRONMENT, "production", false);
    Source minimum = source("other", MINIMUM_ASSURANCE, "hsm-wrapped", false);
    Source acknowledging = of("file", ENVIRONMENT, "production", MAY_BE_LOWERED, MINIMUM_ASSURANCE);

    for (List<Source> sources :
        List.of(
            List.of(together),
            List.of(together, minimum),
            List.of(minimum, environment),
            List.of(minimum, environment, minimum),
            List.of(acknowledging, minimum))) {
      Decision decision = Precedence.decide(sources);
      assertThat(value(decision, MINIMUM_ASSURANCE)).as("%s", sources).isEqualTo("hsm-wrapped");
      assertThat(decision.ignored()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"production, production, hsm", "staging, production, hsm-wrapped"})
  void aRestatedEnvironment_doesNotLowerTheMinimumOfAnEarlierOne(
      String earlier, String restated, String implied) {
    Source file = source("file", ENVIRONMENT, earlier, false);
    Source variables = of("variables", ENVIRONMENT, restated, MINIMUM_ASSURANCE, "os-sealed");

    Decision decision = Precedence.decide(List.of(file, variables));

    assertThat(value(decision, ENVIRONMENT)).isEqualTo(restated);
    assertThat(decision.entries()).doesNotContainKey(MINIMUM_ASSURANCE);
    assertThat(decision.ignored()).extracting(i -> i.entry().value()).containsExactly("os-sealed");
    assertThat(decision.ignored().get(0).observed())
        .contains(implied + "\" (the default of enclave.environment=" + earlier + ", from file)");
  }

  @Test
  void aRestatedEnvironment_maySayAMinimumThatTheEarlierOneAllows() {
    Source file = source("file", ENVIRONMENT, "staging", false);
    Source variables = of("variables", ENVIRONMENT, "production", MINIMUM_ASSURANCE, "hsm-wrapped");

    Decision decision = Precedence.decide(List.of(file, variables));

    assertThat(value(decision, MINIMUM_ASSURANCE)).isEqualTo("hsm-wrapped");
    assertThat(decision.ignored()).isEmpty();
  }

  @Test
  void anAcknowledgementOfTheMinimum_countsFromEachSourceThatDeclaresTheEnvironment() {
    Source silent = source("class path", ENVIRONMENT, "production", false);
    Source acknowledging = of("file", ENVIRONMENT, "production", MAY_BE_LOWERED, MINIMUM_ASSURANCE);
    Source minimum = source("variables", MINIMUM_ASSURANCE, "hsm-wrapped", false);

    assertThat(Precedence.decide(List.of(silent, acknowledging, minimum)).ignored()).hasSize(1);
    assertThat(Precedence.decide(List.of(acknowledging, acknowledging, minimum)).ignored())
        .isEmpty();
  }

  @Test
  void anEnvironmentThatWasLowered_statesNoMinimum() {
    Source file = of("file", ENVIRONMENT, "production", MAY_BE_LOWERED, ENVIRONMENT);
    Source variables = of("variables", ENVIRONMENT, "local", MINIMUM_ASSURANCE, "plaintext");

    assertThat(value(Precedence.decide(List.of(file, variables)), MINIMUM_ASSURANCE))
        .isEqualTo("plaintext");
  }

  /** It may have been meant to be strict. */
  @ParameterizedTest
  @ValueSource(strings = {"prodution", "", "production,staging"})
  void aValueNobodyCanRead_isInForce_soThatTheStartIsRefused(String unreadable) {
    assertThat(value(decide(ENVIRONMENT, unreadable, "local"), ENVIRONMENT)).isEqualTo(unreadable);
    assertThat(value(decide(ENVIRONMENT, "production", unreadable), ENVIRONMENT))
        .isEqualTo(unreadable);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "environment", "enclave.audit.directory", "enclave.environment,", "*"})
  void anAcknowledgementOfAnythingElseIsRefused(String names) {
    Source file = of("file", MAY_BE_LOWERED, names);

    assertThatThrownBy(() -> Precedence.decide(List.of(file)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("(from file)")
        .hasMessageContaining(
            "enclave.fallback, enclave.fallback.minimum-assurance, enclave.fallback.valid-for,");
  }

  @Test
  void reportsShowTheAcknowledgementOfEachSource() {
    Source one = of("file", MAY_BE_LOWERED, ENVIRONMENT);
    Source two = of("variables", MAY_BE_LOWERED, BACKENDS);

    assertThat(value(Precedence.decide(List.of(one)), MAY_BE_LOWERED)).isEqualTo(ENVIRONMENT);
    assertThat(value(Precedence.decide(List.of(one, two)), MAY_BE_LOWERED))
        .isEqualTo("enclave.environment (file); enclave.backends (variables)");
  }

  private static Decision decide(String name, String earlier, String later) {
    return Precedence.decide(
        List.of(source("earlier", name, earlier, false), source("later", name, later, false)));
  }

  private static Source source(String place, String name, String value, boolean mayBeLowered) {
    return mayBeLowered ? of(place, name, value, MAY_BE_LOWERED, name) : of(place, name, value);
  }

  private static Source of(String place, String... namesAndValues) {
    List<Statement> statements = new ArrayList<>();
    List<String> texts = Arrays.asList(namesAndValues);
    for (int i = 0; i < texts.size(); i += 2) {
      statements.add(new Statement(texts.get(i), texts.get(i + 1), place));
    }
    return new Source(place, statements);
  }

  private static String value(Decision decision, String name) {
    Configuration.Entry entry = decision.entries().get(name);
    return entry == null ? "" : entry.value();
  }
}
