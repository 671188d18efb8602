package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What interrupted rotations leave in the vault. */
class AzureOrphansTest {

  private static final Duration UNDER_WAY = Duration.ofMinutes(16);

  @Test
  void findsThePreparedVersionOfAnInterruptedRotation_andDiscardsIt() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeySnapshot key = bench.rotate(bench.create());
      KeyVersion prepared = prepare(bench, bench.rotation(key));
      assertThat(orphans(bench)).as("its rotation may still be under way").isEmpty();
      bench.clock.advance(UNDER_WAY);

      List<Orphan> found = orphans(bench);

      assertThat(found).extracting(Orphan::providerUri).containsExactly(prepared.providerUri());
      assertThat(found).extracting(Orphan::meantFor).containsExactly(AzureBench.NAME);
      assertThat(bench.backend.discard(found.get(0), bench.call())).isTrue();
      assertThat(orphans(bench)).isEmpty();
      assertThat(bench.backend.discard(found.get(0), bench.call())).as("repeated").isTrue();
      KeySnapshot left = bench.load();
      assertThat(left.version(prepared.id()).orElseThrow().state()).isEqualTo(KeyState.DESTROYED);
      assertThat(left.active()).isEqualTo(key.active());
      assertThat(bench.rotate(left).active().orElseThrow().id()).isNotEqualTo(prepared.id());
    }
  }

  @Test
  void takesNoPreparedVersionForAnOrphan_thatWasActivatedSince() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      RotateRequest request = bench.rotation(bench.create());
      KeyVersion prepared = prepare(bench, request);
      bench.clock.advance(UNDER_WAY);
      Orphan listed = orphans(bench).get(0);

      bench.backend.activate(
          request, prepared.id(), KeyVaults.call(request.operationId(), bench.clock));

      assertThat(bench.backend.discard(listed, bench.call())).isFalse();
      assertThat(orphans(bench)).isEmpty();
      assertThat(bench.load().active().orElseThrow().id()).isEqualTo(prepared.id());
    }
  }

  @Test
  void switchesAPreparedVersionOnAgain_thatIsActivatedWhileItIsDiscarded() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      RotateRequest request = bench.rotation(bench.create());
      KeyVersion prepared = prepare(bench, request);
      bench.clock.advance(UNDER_WAY);
      Orphan listed = orphans(bench).get(0);
      AtomicBoolean begun = new AtomicBoolean();
      bench.meddle(
          "UpdateKey",
          (change, service) -> {
            if (begun.compareAndSet(false, true)) {
              activate(bench, request, prepared);
            }
            return Delivery.answer(service.handle(change));
          });

      assertThat(bench.backend.discard(listed, bench.call())).isFalse();

      assertThat(bench.load().active().orElseThrow().id()).isEqualTo(prepared.id());
    }
  }

  private static void activate(AzureBench bench, RotateRequest request, KeyVersion prepared) {
    try {
      bench.backend.activate(
          request, prepared.id(), KeyVaults.call(request.operationId(), bench.clock));
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void leavesAPreparedVersion_thatSomebodySwitchedOff() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeySnapshot key = bench.create();
      KeyVersion prepared = prepare(bench, bench.rotation(key));
      bench.backend.changeState(key.ref(prepared), KeyState.DISABLED, bench.call());
      bench.clock.advance(UNDER_WAY);
      assertThat(orphans(bench)).isEmpty();
    }
  }

  @Test
  void leavesAVersionThatTheVaultMade() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      bench.create();
      bench.versionBehindOurBack(SigningAlgorithm.ECDSA_P256_SHA256);
      bench.clock.advance(UNDER_WAY);
      assertThat(orphans(bench)).isEmpty();
    }
  }

  @Test
  void leavesAVersionOfTheVaults_thatARotationTookJustNow() throws BackendFailure {
    try (AzureBench bench =
        new AzureBench(builder -> builder, Map.of(AzureSettings.ROTATION_BY_VAULT, "used"))) {
      KeySnapshot key = bench.create();
      bench.clock.advance(Duration.ofSeconds(10));
      bench.versionBehindOurBack(SigningAlgorithm.ECDSA_P256_SHA256);
      bench.clock.advance(UNDER_WAY);
      RotateRequest request = bench.rotation(key);

      KeyVersion taken = prepare(bench, request);

      assertThat(orphans(bench)).isEmpty();
      bench.clock.advance(UNDER_WAY);
      assertThat(orphans(bench))
          .extracting(Orphan::providerUri)
          .containsExactly(taken.providerUri());
    }
  }

  private static KeyVersion prepare(AzureBench bench, RotateRequest request) throws BackendFailure {
    return bench.backend.prepare(request, KeyVaults.call(request.operationId(), bench.clock));
  }

  private static List<Orphan> orphans(AzureBench bench) throws BackendFailure {
    return bench.backend.orphans(Optional.empty(), bench.call()).orphans();
  }
}
