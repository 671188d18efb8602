package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The vault's rotation policy, or somebody by hand, makes a version that Enclave did not. */
class VersionsBehindOurBackTest {

  @Test
  void signsOnWithTheVersionThatIsActive_andSaysWhatAppeared() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeySnapshot key = bench.create();
      String appeared = bench.versionBehindOurBack(key.algorithm()).getId();
      KeySnapshot now = bench.load();
      assertThat(now.active().orElseThrow().id()).isEqualTo(key.active().orElseThrow().id());
      KeyVersion stranger = now.versions().get(1);
      assertThat(stranger.providerUri()).isEqualTo(appeared);
      assertThat(stranger.state()).isEqualTo(KeyState.PENDING);
      assertThat(stranger.origin()).isEqualTo(KeyOrigin.UNKNOWN);
      assertThat(
              bench
                  .failureOf(
                      () -> bench.backend.sign(now.ref(stranger), AzureBench.DIGEST, bench.call()))
                  .code())
          .isEqualTo(FailureCode.INVALID_STATE);
      assertThat(bench.backend.health(bench.call()).findings())
          .extracting(Finding::observed)
          .anyMatch(text -> text.contains(appeared) && text.contains("appeared without Enclave"));
    }
  }

  @Test
  void auditsThatItAppeared_onceInAProcess() {
    MutableClock clock = new MutableClock();
    RecordingAuditSink audit = new RecordingAuditSink();
    try (AzureKeyVaultServer server = KeyVaults.serverBy(clock);
        AzureSession administrator = KeyVaults.session(server, clock);
        Enclave enclave = Engines.builder(server, clock, audit).open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      assertThat(audit.events(Operation.OBSERVE)).isEmpty();
      String appeared =
          administrator
              .http()
              .during(
                  KeyVaults.call(clock),
                  attempt ->
                      new AzureScheme(SigningAlgorithm.ECDSA_P256_SHA256)
                          .create(administrator.keys(), "enclave-wallet", Map.of())
                          .getValue())
              .getId();

      for (int i = 0; i < 3; i++) {
        // Until its reading is too old, a signature asks nothing else of the vault.
        clock.advance(Duration.ofMinutes(11));
        key.sign(Message.ofUtf8("pay 10"));
      }

      assertThat(audit.events(Operation.OBSERVE))
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.details()).containsEntry("providerUri", appeared);
                assertThat(event.key()).contains(KeyName.of("wallet"));
                assertThat(event.version()).isPresent();
                assertThat(event.result()).isEqualTo(Result.SUCCESS);
              });
    }
  }

  @Test
  void rotatesPastIt_unlessTheOperatorTakesTheVaultsVersions() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeySnapshot key = bench.create();
      String appeared = bench.versionBehindOurBack(key.algorithm()).getId();
      KeySnapshot rotated = bench.rotate(key);
      assertThat(rotated.versions()).hasSize(3);
      assertThat(rotated.active().orElseThrow().providerUri()).isNotEqualTo(appeared);
    }
  }

  @Test
  void takesItAtTheNextRotation_ifTheOperatorWantsThat() throws BackendFailure {
    try (AzureBench bench =
        new AzureBench(b -> b, Map.of(AzureSettings.ROTATION_BY_VAULT, "used"))) {
      KeySnapshot key = bench.create();
      bench.clock.advance(Duration.ofDays(90));
      String appeared = bench.versionBehindOurBack(key.algorithm()).getId();
      RotateRequest request = bench.rotation(key);
      KeyVersion next =
          bench.backend.prepare(request, KeyVaults.call(request.operationId(), bench.clock));
      assertThat(next.providerUri()).isEqualTo(appeared);
      assertThat(next.state()).isEqualTo(KeyState.PENDING);
      KeySnapshot rotated =
          bench.backend.activate(
              request, next.id(), KeyVaults.call(request.operationId(), bench.clock));
      assertThat(rotated.active().orElseThrow().providerUri()).isEqualTo(appeared);
      assertThat(rotated.versions()).hasSize(2);
      assertThat(bench.load()).isEqualTo(rotated);
    }
  }

  @Test
  void leavesOutAVersionOfAnotherKind() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeySnapshot key = bench.create();
      bench.versionBehindOurBack(SigningAlgorithm.RSA_PSS_2048_SHA256);
      assertThat(bench.load().versions()).isEqualTo(key.versions());
    }
  }

  @Test
  void refusesAKeyWhoseTagsAreGone() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      bench.versionBehindOurBack(SigningAlgorithm.ECDSA_P256_SHA256);
      BackendFailure failure = bench.failureOf(bench::load);
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure).hasMessageContaining("no version of it carries Enclave's tags");
      assertThat(bench.failureOf(bench::create).code()).isEqualTo(FailureCode.CORRUPT);
    }
  }
}
