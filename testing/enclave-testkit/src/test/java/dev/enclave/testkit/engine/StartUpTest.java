package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.EnvironmentType;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.detection.Detection;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartUpTest {

  private static final InMemoryProvider SOFTWARE_ONLY =
      new InMemoryProvider().assurance(Assurance.SOFTWARE);

  @Test
  void opensTheOnlyBackend_whenItMeetsThePolicy() {
    try (Enclave enclave = Bench.in("development").with(new InMemoryProvider()).open()) {
      assertThat(enclave.resolution().chosen()).isEqualTo(BackendId.of("memory"));
      assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.DEVELOPMENT);
    }
  }

  @Test
  void refusesSoftware_whenProductionRequiresHsm_andSaysEveryReason() {
    String message =
        refused(
            ErrorCode.POLICY_NOT_MET,
            () ->
                Bench.in("production")
                    .set("enclave.backends", "memory")
                    .with(SOFTWARE_ONLY)
                    .with(new InMemoryProvider().id("elsewhere"))
                    .open());
    assertThat(message)
        .contains("memory gives SOFTWARE at most and PRODUCTION needs HSM")
        .contains("enclave.backends does not allow elsewhere");
  }

  @Test
  void saysTheOneLineToSet_whenNothingSaysWhatThisPlaceIs() {
    assertThat(refused(ErrorCode.POLICY_NOT_MET, () -> new Bench().with(SOFTWARE_ONLY).open()))
        .contains("enclave.environment is not set")
        .contains("enclave.environment=local");
  }

  @Test
  void needsTheEnvironmentDeclared_whenAWorkstationOffersSoftwareOnly() {
    FakeEnvironment laptop =
        FakeEnvironment.empty()
            .withProperty("os.name", "Linux")
            .withVariable("XDG_SESSION_TYPE", "wayland")
            .withDmi("chassis_type", "10");
    assertThat(
            refused(
                ErrorCode.ENVIRONMENT_UNDECLARED,
                () -> new Bench().environment(laptop).with(SOFTWARE_ONLY).open()))
        .contains("enclave.environment=development");
  }

  @Test
  void opensInDevelopment_whenAWorkstationIsRecognised_andTheStoreIsTheSystems() {
    FakeEnvironment laptop =
        FakeEnvironment.empty()
            .withProperty("os.name", "Linux")
            .withVariable("XDG_SESSION_TYPE", "wayland")
            .withDmi("chassis_type", "10");
    try (Enclave enclave =
        new Bench()
            .environment(laptop)
            .with(new InMemoryProvider().assurance(Assurance.OS_SEALED))
            .open()) {
      assertThat(enclave.policy().environment()).isEqualTo(EnvironmentType.DEVELOPMENT);
    }
  }

  @Test
  void refusesSoftwareKeysOfAStrongerBackend_whenTheEnvironmentIsNotDeclared() {
    FakeEnvironment laptop =
        FakeEnvironment.empty()
            .withProperty("os.name", "Linux")
            .withVariable("XDG_SESSION_TYPE", "wayland")
            .withDmi("chassis_type", "10");
    BentProvider weak =
        new BentProvider("weak")
            .answering("create", BentProvider.withAssurance(Assurance.SOFTWARE));
    KeySpec<SigningKey> key = KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
    try (Enclave undeclared = new Bench().environment(laptop).with(weak).open();
        Enclave declared = Bench.in("development").with(weak).open()) {
      refused(ErrorCode.ASSURANCE_TOO_LOW, () -> undeclared.createKey(key));
      assertThat(
              declared.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519)).info())
          .isNotNull();
    }
  }

  @Test
  void refusesPlaintextKeysOfAStrongerBackend_whenNobodyAcknowledgesThem() {
    BentProvider weak =
        new BentProvider("weak")
            .answering("create", BentProvider.withAssurance(Assurance.PLAINTEXT));
    KeySpec<SigningKey> key = KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ED25519);
    try (Enclave enclave = Bench.in("local").with(weak).open()) {
      assertThat(refused(ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED, () -> enclave.createKey(key)))
          .contains("weak", "wallet-42", "enclave.acknowledge-reduced-security=true");
    }
    Bench acknowledged = Bench.in("local").set("enclave.acknowledge-reduced-security", "true");
    try (Enclave enclave = acknowledged.with(weak).open()) {
      assertThat(
              enclave.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519)).info())
          .isNotNull();
    }
  }

  @Test
  void refusesAnExplicitBackendThatIsMissing_ratherThanFallBack() {
    assertThat(
            refused(
                ErrorCode.BACKEND_NOT_FOUND,
                () ->
                    Bench.in("production")
                        .set("enclave.backend", "aws-kms")
                        .with(new InMemoryProvider())
                        .open()))
        .contains("aws-kms");
  }

  @Test
  void refusesTwoProvidersOfOneId_namingBoth() {
    assertThat(
            refused(
                ErrorCode.BACKEND_DUPLICATE,
                () ->
                    Bench.in("local")
                        .with(new InMemoryProvider())
                        .with(new InMemoryProvider())
                        .open()))
        .contains("memory")
        .contains("InMemoryProvider from ");
  }

  @Test
  void refusesAForeignProviderUnderAReservedId() {
    refused(
        ErrorCode.BACKEND_IMPOSTOR,
        () -> Bench.in("local").with(new InMemoryProvider().id("aws-kms")).open());
  }

  /** A cold JVM with a small share of a processor, whose first connection takes its time. */
  @Test
  void waitsForASlowFirstAnswer_asLongAsForABackendThatCannotOpenYet() {
    Bench bench = Bench.in("development");
    AtomicInteger asked = new AtomicInteger();
    BentProvider slow =
        new BentProvider("slow")
            .before(
                "health",
                () -> {
                  if (asked.getAndIncrement() < 2) {
                    bench.clock.advance(Duration.ofSeconds(8));
                    throw BackendFailure.transientFailure(
                        FailureCode.UNAVAILABLE, "No connection in time. Try again.");
                  }
                });
    try (Enclave enclave = bench.with(slow).open()) {
      assertThat(enclave.resolution().chosen()).isEqualTo(BackendId.of("slow"));
    }
    assertThat(asked).hasValue(3);
  }

  @Test
  void refusesASecondClock() {
    assertThat(
            refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> Bench.in("local").builder().with(new MutableClock())))
        .contains("TimeSource");
  }

  @Test
  void needsAnAuditLogInProduction() {
    assertThat(
            refused(
                ErrorCode.AUDIT_UNAVAILABLE,
                () ->
                    EnclaveFactory.builder()
                        .discovery(false)
                        .with(FakeEnvironment.empty())
                        .with(new InMemoryProvider())
                        .config(
                            new ConfigSource("test", Map.of("enclave.environment", "production")))
                        .open()))
        .contains("enclave.audit.directory");
  }

  @Test
  void leavesTheAuditLogToTheNext_whateverEndsAStart(@TempDir Path folder) {
    Path log = folder.resolve("audit");
    EnclaveFactory.Builder broken =
        inFiles(log)
            .deferral(
                context -> {
                  throw new IllegalStateException("a driver is broken");
                });

    assertThatThrownBy(broken::open).hasMessage("a driver is broken");

    inFiles(log).open().close();
    assertThat(log.resolve("lane-0.jsonl")).isNotEmptyFile();
    assertThat(log.resolve("lane-1.jsonl")).doesNotExist();
  }

  private static EnclaveFactory.Builder inFiles(Path log) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new InMemoryProvider())
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment", "development",
                    "enclave.audit.directory", log.toString(),
                    "enclave.jobs.kek", "payments-kek")));
  }

  @Test
  void refusesToLowerProductionBelowHsmWrapped() {
    assertThat(
            refused(
                ErrorCode.ASSURANCE_TOO_LOW,
                () ->
                    Bench.in("production")
                        .set("enclave.minimum-assurance", "software")
                        .with(new InMemoryProvider())
                        .open()))
        .contains("enclave.minimum-assurance");
  }

  @Test
  void needsAnAcknowledgement_whenKeysMayLieUnencrypted() {
    Bench bench =
        Bench.in("local")
            .set("enclave.minimum-assurance", "plaintext")
            .with(new InMemoryProvider().assurance(Assurance.PLAINTEXT));
    refused(ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED, bench::open);
    bench.set("enclave.acknowledge-reduced-security", "true");
    try (Enclave enclave = bench.open()) {
      assertThat(enclave.policy().minimumAssurance()).isEqualTo(Assurance.PLAINTEXT);
    }
  }

  @Test
  void auditsTheStartWithTheConfigurationInForce() {
    Bench bench = Bench.in("production").with(new InMemoryProvider());
    bench.open().close();
    assertThat(bench.audit.events(Operation.START))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.result()).isEqualTo(Result.SUCCESS);
              assertThat(event.details())
                  .containsEntry("environment", "PRODUCTION")
                  .containsEntry("setting.enclave.environment", "production");
            });
  }

  @Test
  void triesBackendsByPrecedence_andSaysWhyEachOtherLost() {
    try (Enclave enclave =
        Bench.in("production")
            .set("enclave.precedence", "absent,second,memory")
            .with(new InMemoryProvider())
            .with(
                new InMemoryProvider()
                    .id("second")
                    .detection(new Detection.Absent("not configured")))
            .with(new InMemoryProvider().id("third"))
            .open()) {
      assertThat(enclave.resolution().chosen()).isEqualTo(BackendId.of("memory"));
      assertThat(enclave.resolution().rejected())
          .extracting(r -> r.backend().value())
          .containsExactly("absent", "second", "third");
    }
  }

  @Test
  void opensAnotherBackend_whenASpecificationOrHandleNamesIt() {
    Bench bench =
        Bench.in("production")
            .set("enclave.backend", "memory")
            .with(new InMemoryProvider())
            .with(new InMemoryProvider().id("other"));
    String handle;
    try (Enclave enclave = bench.open()) {
      handle =
          enclave
              .createKey(
                  KeySpec.named("treasury")
                      .algorithm(SigningAlgorithm.ED25519)
                      .on(BackendId.of("other")))
              .handle()
              .toString();
      assertThat(enclave.admin().listKeys().keys()).isEmpty();
    }
    try (Enclave enclave = bench.open()) {
      assertThat(enclave.signingKeys().key(dev.enclave.KeyHandle.parse(handle)).handle().backend())
          .isEqualTo(BackendId.of("other"));
    }
  }

  @Test
  void diagnosesWithoutFailing_whateverIsWrong() {
    Diagnosis broken = new Bench().set("enclave.enviroment", "local").builder().diagnose();
    assertThat(broken.health().healthy()).isFalse();
    assertThat(broken.health().findings().get(0).fix()).contains("enclave.environment");

    Diagnosis refused = Bench.in("production").with(SOFTWARE_ONLY).builder().diagnose();
    assertThat(refused.resolution()).isEmpty();
    assertThat(refused.candidates()).hasSize(1);

    Diagnosis fine = Bench.in("production").with(new InMemoryProvider()).builder().diagnose();
    assertThat(fine.health().healthy()).isTrue();
    assertThat(fine.resolution()).isPresent();
  }
}
