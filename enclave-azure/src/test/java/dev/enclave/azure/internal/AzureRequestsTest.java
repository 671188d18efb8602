package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.emulators.AzureKeyVaultServerBuilder;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many requests each operation takes: the table in the documentation is this test. */
class AzureRequestsTest {

  private final AzureBench bench =
      new AzureBench(AzureKeyVaultServerBuilder::purgeProtection, Map.of());

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void createsByThreeRequests() throws BackendFailure {
    bench.create();
    assertThat(bench.requests()).containsExactly("GetKeyVersions", "CreateKey", "GetKeyVersions");
  }

  @Test
  void rotatesBySixRequests() throws BackendFailure {
    KeySnapshot key = bench.create();
    RotateRequest request = bench.rotation(key);
    bench.server.journal().clear();
    KeyVersion next =
        bench.backend.prepare(request, KeyVaults.call(request.operationId(), bench.clock));
    assertThat(bench.requests()).containsExactly("GetKeyVersions", "CreateKey");
    bench.server.journal().clear();
    bench.backend.activate(request, next.id(), KeyVaults.call(request.operationId(), bench.clock));
    assertThat(bench.requests())
        .containsExactly("GetKeyVersions", "UpdateKey", "GetKeyVersions", "UpdateKey");
  }

  @Test
  void changesTheIntervalByThreeRequests() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.server.journal().clear();
    bench.backend.changeInterval(key.name(), RotationInterval.POLICY, bench.call());
    assertThat(bench.requests()).containsExactly("GetKeyVersions", "UpdateKey", "GetKeyVersions");
    bench.server.journal().clear();
    bench.backend.changeInterval(key.name(), RotationInterval.POLICY, bench.call());
    assertThat(bench.requests()).containsExactly("GetKeyVersions");
  }

  @Test
  void loadsByOneRequest_andSignsByOne_howeverOldTheReadingIs() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.server.journal().clear();
    bench.load();
    assertThat(bench.requests()).containsExactly("GetKeyVersions");
    bench.clock.advance(Duration.ofDays(1));
    bench.server.journal().clear();
    bench.backend.sign(key.ref(key.versions().get(0)), AzureBench.DIGEST, bench.call());
    assertThat(bench.requests()).containsExactly("Sign");
  }

  @Test
  void signsFirstByAHandle_withTheEnginesReadingAndOneRequest() {
    KeyHandle handle;
    try (Enclave enclave = Engines.open(bench.server, bench.clock)) {
      handle =
          enclave
              .createKey(KeySpec.named("by-handle").algorithm(SigningAlgorithm.ECDSA_P256_SHA256))
              .handle();
    }
    try (Enclave fresh = Engines.open(bench.server, bench.clock)) {
      bench.server.journal().clear();
      fresh.signingKeys().key(handle).sign(Message.ofUtf8("pay 10"));
      assertThat(bench.requests()).containsExactly("GetKeyVersions", "GetKey", "Sign");
    }
  }

  @Test
  void refusesARetiredVersion_byNoRequest() throws BackendFailure {
    KeySnapshot key = bench.create();
    KeySnapshot retired =
        bench.backend.changeState(
            key.ref(key.versions().get(0)), KeyState.VERIFY_ONLY, bench.call());
    bench.server.journal().clear();
    BackendFailure failure =
        bench.failureOf(
            () ->
                bench.backend.sign(
                    retired.ref(retired.versions().get(0)), AzureBench.DIGEST, bench.call()));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID_STATE);
    assertThat(bench.requests()).isEmpty();
  }

  @Test
  void looksAfterItsHealth_byOneRead() throws BackendFailure {
    bench.create();
    bench.server.journal().clear();
    assertThat(bench.backend.health(bench.call()).findings()).isEmpty();
    assertThat(bench.requests()).containsExactly("GetKey");
  }

  @Test
  void sendsASignatureOnce_andOnlyAReadOnceMore_whenTheConnectionBreaks() throws BackendFailure {
    KeySnapshot key = bench.create();
    AtomicInteger reads = breaking("GetKeyVersions");
    assertThat(bench.failureOf(bench::load).failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(reads).hasValue(2);
    AtomicInteger signatures = breaking("Sign");
    BackendFailure failure =
        bench.failureOf(
            () ->
                bench.backend.sign(
                    key.ref(key.versions().get(0)), AzureBench.DIGEST, bench.call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(signatures).hasValue(1);
  }

  private AtomicInteger breaking(String operation) {
    AtomicInteger met = new AtomicInteger();
    bench.meddle(
        operation,
        (request, service) -> {
          met.incrementAndGet();
          return Delivery.reset();
        });
    return met;
  }
}
