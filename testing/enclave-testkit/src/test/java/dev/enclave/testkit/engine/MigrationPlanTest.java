package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationPlan.Aspect;
import dev.enclave.migration.MigrationWay;
import dev.enclave.testkit.InMemoryProvider;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a plan says, and which keys none is made of. */
class MigrationPlanTest {

  private static final BackendId TARGET = BackendId.of("target");

  private InMemoryProvider target = new InMemoryProvider().id("target");

  private Bench bench(String environment) {
    return Bench.in(environment)
        .set("enclave.backend", "source")
        .with(new InMemoryProvider().id("source"))
        .with(target);
  }

  private static SigningKey key(Enclave enclave, SigningAlgorithm algorithm) {
    return enclave.createKey(KeySpec.named("wallet-42").algorithm(algorithm));
  }

  @Test
  void plansASuccession_andSaysWhatChanges() {
    Bench bench = bench("development");
    try (Enclave enclave = bench.open()) {
      SigningKey key = key(enclave, SigningAlgorithm.ED25519);

      MigrationPlan plan = enclave.admin().migrations().plan(key.handle(), TARGET);

      assertThat(plan.way()).contains(MigrationWay.SUCCESSION);
      assertThat(plan.key()).isEqualTo(key.handle());
      assertThat(plan.version()).isEqualTo(key.activeVersion().id());
      assertThat(plan.publicKey()).isEqualTo(key.publicKey());
      assertThat(plan.environment()).isEqualTo(EnvironmentType.DEVELOPMENT);
      assertThat(plan.expiresAt()).isEqualTo(bench.clock.now().plus(Duration.ofDays(1)));
      assertThat(plan.changes()).containsOnlyKeys(Aspect.values());
      assertThat(plan.changes().get(Aspect.PUBLIC_KEY)).startsWith("changes");
      assertThat(enclave.signingKeys().find("wallet-42"))
          .as("nothing was created elsewhere")
          .isPresent();
    }
  }

  @Test
  void saysWhyNoWayIsPossible_whereTheTargetLacksTheAlgorithm() {
    Set<KeyAlgorithm> few = Set.of(SigningAlgorithm.ECDSA_P256_SHA256);
    target = target.algorithms(few);
    try (Enclave enclave = bench("development").open()) {
      SigningKey key = key(enclave, SigningAlgorithm.ED25519);

      MigrationPlan plan = enclave.admin().migrations().plan(key.handle(), TARGET);

      assertThat(plan.way()).isEmpty();
      assertThat(plan.obstacles())
          .containsOnlyKeys(MigrationWay.values())
          .containsValue("target does not offer ED25519");
    }
  }

  @Test
  void hasNoWay_intoTheBackendThatTheKeyIsIn() {
    try (Enclave enclave = bench("development").open()) {
      SigningKey key = key(enclave, SigningAlgorithm.ED25519);

      MigrationPlan plan = enclave.admin().migrations().plan(key.handle(), BackendId.of("source"));

      assertThat(plan.way()).isEmpty();
    }
  }

  @Test
  void importsNothing_whereOriginsAreStrict() {
    try (Enclave enclave = bench("production").open()) {
      SigningKey key = key(enclave, SigningAlgorithm.ED25519);

      MigrationPlan plan = enclave.admin().migrations().plan(key.handle(), TARGET);

      assertThat(plan.way()).contains(MigrationWay.SUCCESSION);
      assertThat(plan.obstacles()).containsOnlyKeys(MigrationWay.IMPORT);
    }
  }

  @Test
  void plansNothingForAWrappingKey() {
    try (Enclave enclave = bench("development").open()) {
      var key = enclave.createKey(KeySpec.named("kek-1").algorithm(WrappingAlgorithm.AES_256_GCM));

      assertThat(
              refused(
                  ErrorCode.WRONG_PURPOSE,
                  () -> enclave.admin().migrations().plan(key.handle(), TARGET)))
          .contains("seal what this one sealed anew");
    }
  }

  static Stream<EnvironmentType> otherEnvironments() {
    return Stream.of(EnvironmentType.LOCAL, EnvironmentType.DEVELOPMENT, EnvironmentType.STAGING);
  }

  @ParameterizedTest
  @MethodSource("otherEnvironments")
  void plansNothingInProduction_forAKeyOfAnotherEnvironment(EnvironmentType made) {
    BentProvider source = new BentProvider("source");
    try (Enclave enclave =
        Bench.in("production").set("enclave.backend", "source").with(source).with(target).open()) {
      SigningKey key = key(enclave, SigningAlgorithm.ED25519);
      source.answering("load", read -> read.withStamp(StampReading.of(made)));

      refused(
          ErrorCode.STAMP_MISMATCH, () -> enclave.admin().migrations().plan(key.handle(), TARGET));
    }
  }

  @Test
  void plansNothingInProduction_forAKeyWithoutAStamp() {
    BentProvider source = new BentProvider("source");
    try (Enclave enclave =
        Bench.in("production").set("enclave.backend", "source").with(source).with(target).open()) {
      SigningKey key = key(enclave, SigningAlgorithm.ED25519);
      source.answering("load", read -> read.withStamp(StampReading.none()));

      refused(
          ErrorCode.STAMP_MISSING, () -> enclave.admin().migrations().plan(key.handle(), TARGET));
    }
  }

  @Test
  void readsItsOwnText_andNoOtherForm() {
    try (Enclave enclave = bench("development").open()) {
      SigningKey key = key(enclave, SigningAlgorithm.ED25519);
      MigrationPlan plan = enclave.admin().migrations().plan(key.handle(), TARGET);
      String text = plan.toString();

      assertThat(MigrationPlan.parse(text + "\n")).isEqualTo(plan);
      assertThat(MigrationPlan.parse(text).hash()).isEqualTo(plan.hash()).hasSize(64);
      Stream.of(
              "",
              "{}",
              "[]",
              "\"plan\"",
              text + " ",
              text + text,
              text.substring(1),
              text.replace("{\"", "{ \""),
              text.replace("\"nonce\"", "\"nonsense\""),
              text.replace("\"nonce\"", "\"\\u006eonce\""),
              text.replace("Z\"", ".000Z\""),
              text.replace("plan-v1", "plan-v2"),
              text.replace("SUCCESSION", "PROMISE"),
              text.replace("\"nonce\":\"", "\"nonce\":\"\ud800"),
              text.replace("\"targetAuthority\":\"", "\"targetAuthority\":\"\\u0007"),
              "[".repeat(100_000))
          .forEach(
              changed ->
                  refused(ErrorCode.INVALID_MIGRATION_FILE, () -> MigrationPlan.parse(changed)));
    }
  }
}
