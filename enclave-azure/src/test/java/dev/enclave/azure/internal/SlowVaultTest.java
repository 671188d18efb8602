package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A vault whose reads are behind its writes, as of one that was given more capacity: less than the
 * two seconds that the rule waits for, and more.
 */
class SlowVaultTest {

  private static AzureBench behind(Duration lag) {
    return new AzureBench(builder -> builder.eventualConsistency(lag), Map.of());
  }

  @Test
  void makesAndRotates_whereReadsAreASecondBehind() throws BackendFailure {
    try (AzureBench bench = behind(Duration.ofSeconds(1))) {
      KeySnapshot key = bench.create();
      KeySnapshot rotated = bench.rotate(key);
      assertThat(rotated.versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      bench.clock.advance(Duration.ofSeconds(3));
      assertThat(bench.load().versions()).isEqualTo(rotated.versions());
    }
  }

  /** The version is there and is found by its operation, so the engine's next attempt has it. */
  @Test
  void makesOneKey_whereReadsAreAMinuteBehind_onceTheyShowIt() throws BackendFailure {
    try (AzureBench bench = behind(Duration.ofMinutes(1))) {
      CreateRequest request = bench.request(AzureBench.NAME, SigningAlgorithm.ECDSA_P256_SHA256);
      BackendFailure failure =
          bench.failureOf(
              () ->
                  bench.backend.create(
                      request, KeyVaults.call(request.operationId(), bench.clock)));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      bench.clock.advance(Duration.ofMinutes(1));
      KeySnapshot key =
          bench.backend.create(request, KeyVaults.call(request.operationId(), bench.clock));
      assertThat(key.versions()).extracting(KeyVersion::state).containsExactly(KeyState.ACTIVE);
      assertThat(bench.server.journal().of("CreateKey")).hasSize(1);
    }
  }

  /** No two versions become active; none does, until the vault is faster again. */
  @Test
  void doesNotRotate_whereReadsAreAMinuteBehind() throws BackendFailure {
    try (AzureBench bench = behind(Duration.ofMinutes(1))) {
      CreateRequest create = bench.request(AzureBench.NAME, SigningAlgorithm.ECDSA_P256_SHA256);
      bench.failureOf(
          () -> bench.backend.create(create, KeyVaults.call(create.operationId(), bench.clock)));
      bench.clock.advance(Duration.ofMinutes(2));
      KeySnapshot key = bench.load();
      RotateRequest request = bench.rotation(key);
      KeyVersion next =
          bench.backend.prepare(request, KeyVaults.call(request.operationId(), bench.clock));
      bench.clock.advance(Duration.ofMinutes(2));
      BackendFailure failure =
          bench.failureOf(
              () ->
                  bench.backend.activate(
                      request, next.id(), KeyVaults.call(request.operationId(), bench.clock)));
      assertThat(failure.code()).isEqualTo(FailureCode.CONFLICT);
      bench.clock.advance(Duration.ofMinutes(2));
      assertThat(bench.load().active().orElseThrow().id())
          .isEqualTo(key.active().orElseThrow().id());
    }
  }
}
