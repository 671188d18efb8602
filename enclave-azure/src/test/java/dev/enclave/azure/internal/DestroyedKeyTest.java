package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.testkit.MutableClock;
import org.junit.jupiter.api.Test;

/** A key all of whose versions are destroyed: the vault deletes it, and shows one version of it. */
class DestroyedKeyTest {

  @Test
  void isStillTheSameKey_afterEachVersionWasDestroyedInTurn() {
    MutableClock clock = new MutableClock();
    try (AzureKeyVaultServer server = KeyVaults.serverBy(clock);
        Enclave enclave = Engines.open(server, clock)) {
      SigningKey key =
          enclave.createKey(
              KeySpec.named("wallet-1").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      enclave
          .admin()
          .key(key.handle())
          .rotate(RotationRequest.ifActive(key.activeVersion()).reason(RotationReason.SCHEDULED));

      for (KeyVersion version : key.info().versions()) {
        if (version.state() == KeyState.ACTIVE) {
          enclave.admin().key(key.handle()).disable(version.id());
        }
        enclave.admin().key(key.handle()).destroy(version.id());
      }

      assertThat(enclave.admin().key("wallet-1").info().versions())
          .isNotEmpty()
          .allSatisfy(version -> assertThat(version.state()).isEqualTo(KeyState.DESTROYED));
    }
  }

  @Test
  void isNotToBeUsed_whenAnotherIsMadeOfItsName() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeySnapshot key = bench.create();
      bench.backend.changeState(
          key.ref(key.active().orElseThrow()), KeyState.DESTROYED, bench.call());
      assertThat(bench.failureOf(bench::create))
          .returns(FailureCode.ALREADY_EXISTS, BackendFailure::code)
          .hasMessageContaining("urge")
          .hasMessageNotContaining("Use it");
    }
  }

  /** What marks the versions arrived, and what deletes the key did not. */
  @Test
  void isNotToBeUsed_whenItsDeletionDidNotArrive() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeySnapshot key = bench.create();
      bench.meddle("DeleteKey", (request, service) -> Delivery.reset());
      assertThatThrownBy(
              () ->
                  bench.backend.changeState(
                      key.ref(key.active().orElseThrow()), KeyState.DESTROYED, bench.call()))
          .isInstanceOf(BackendFailure.class);

      assertThat(bench.failureOf(bench::create))
          .returns(FailureCode.ALREADY_EXISTS, BackendFailure::code)
          .hasMessageContaining("destroying a version once more deletes it")
          .hasMessageNotContaining("Use it");
    }
  }

  @Test
  void maybeIsDestroyed_whenARepetitionSeesNothingOfIt() throws BackendFailure {
    try (AzureBench bench = new AzureBench()) {
      KeyVersionRef unseen =
          KeyVersionRef.of(
              KeyName.of("unseen"),
              KeyVersionId.of("0".repeat(32)),
              SigningAlgorithm.ECDSA_P256_SHA256,
              KeyState.ACTIVE,
              StampReading.none(),
              bench.server.vaultUrl() + "/keys/enclave-unseen/" + "0".repeat(32));
      CallContext first = bench.call();
      CallContext second = CallContext.of(first.operationId(), 2, first.deadline(), first.time());

      assertThatThrownBy(() -> bench.backend.changeState(unseen, KeyState.DESTROYED, first))
          .isInstanceOfSatisfying(
              BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND));
      assertThatThrownBy(() -> bench.backend.changeState(unseen, KeyState.DESTROYED, second))
          .isInstanceOfSatisfying(
              BackendFailure.class,
              e -> assertThat(e.failureClass()).isEqualTo(FailureClass.AMBIGUOUS));
      assertThatThrownBy(() -> bench.backend.changeState(unseen, KeyState.DISABLED, second))
          .isInstanceOfSatisfying(
              BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.NOT_FOUND));
    }
  }
}
