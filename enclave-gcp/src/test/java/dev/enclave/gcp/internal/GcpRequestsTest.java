package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.RawSignature;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many requests an operation takes, as docs/gcp.md says. */
class GcpRequestsTest {

  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);

  private static Bench bench;

  @BeforeAll
  static void start() {
    bench = Bench.start();
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @BeforeEach
  void forget() {
    bench.server().journal().clear();
  }

  private static List<String> requests() {
    return bench.server().journal().entries().stream().map(JournalEntry::operation).toList();
  }

  @Test
  void createsByThreeRequests() throws Exception {
    bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    assertThat(requests())
        .containsExactly("CreateCryptoKey", "ListCryptoKeyVersions", "GetPublicKey");
  }

  @Test
  void signsByOneRequest_whoseIdItTells() throws Exception {
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    forget();
    RawSignature signature = bench.backend().sign(key, DIGEST, bench.call());
    assertThat(requests()).containsExactly("AsymmetricSign");
    String id = signature.providerRequestId().orElseThrow();
    assertThat(id).startsWith("enclave-").hasSize(44);
    assertThat(bench.server().journal().byRequestId(id)).isPresent();
  }

  @Test
  void signsByOneRequest_withWhatAnotherProcessRead() throws Exception {
    KeyVersionRef key = bench.key(SigningAlgorithm.ECDSA_P256_SHA256);
    try (CapableBackend another = bench.another()) {
      forget();
      another.sign(key, DIGEST, bench.call());
      assertThat(requests()).containsExactly("AsymmetricSign");
    }
  }

  @Test
  void refusesARetiredVersion_byNoRequest() throws Exception {
    KeySnapshot retired =
        bench
            .backend()
            .changeState(
                bench.key(SigningAlgorithm.ECDSA_P256_SHA256), KeyState.VERIFY_ONLY, bench.call());
    forget();
    assertThatThrownBy(
            () ->
                bench.backend().sign(retired.ref(retired.versions().get(0)), DIGEST, bench.call()))
        .isInstanceOfSatisfying(
            BackendFailure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.INVALID_STATE));
    assertThat(requests()).isEmpty();
  }

  @Test
  void loadsByThreeRequests_onceThePublicKeyIsKnown() throws Exception {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    forget();
    bench.backend().load(key.name(), bench.call());
    assertThat(requests()).containsExactly("GetCryptoKey", "GetCryptoKey", "ListCryptoKeyVersions");
  }

  @Test
  void changesTheIntervalByFourRequests() throws Exception {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    forget();
    bench.backend().changeInterval(key.name(), RotationInterval.POLICY, bench.call());
    assertThat(requests())
        .containsExactly(
            "GetCryptoKey", "GetCryptoKey", "ListCryptoKeyVersions", "CreateCryptoKey");
  }

  @Test
  void findsTheLastActivationOfMany_byDoublingSteps() throws Exception {
    KeySnapshot key = bench.create(WrappingAlgorithm.AES_256_GCM);
    KeyVersionRef version = key.ref(key.active().orElseThrow());
    for (int i = 0; i < 20; i++) {
      bench.backend().changeState(version, KeyState.VERIFY_ONLY, bench.call());
      bench.backend().changeState(version, KeyState.ACTIVE, bench.call());
    }
    forget();
    try (CapableBackend fresh = bench.another()) {
      assertThat(fresh.load(key.name(), bench.call()))
          .isEqualTo(bench.backend().load(key.name(), bench.call()));
    }
    assertThat(bench.server().journal().of("GetCryptoKey")).hasSizeLessThan(16);
  }

  @Test
  void makesNoSecondVersion_whenTheAnswerToTheFirstWasLost() throws Exception {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    RotateRequest request =
        RotateRequest.of(key.name(), KeyVersionId.of("1"), "rotate", KeyState.VERIFY_ONLY);
    forget();
    bench
        .tampering()
        .responses(
            "CreateCryptoKeyVersion",
            message -> {
              throw io.grpc.Status.UNAVAILABLE.asRuntimeException();
            });
    try {
      bench.backend().prepare(request, bench.call());
      throw new AssertionError("the answer was not lost");
    } catch (dev.enclave.spi.BackendFailure e) {
      assertThat(e.failureClass()).isEqualTo(dev.enclave.spi.FailureClass.AMBIGUOUS);
    }
    bench.tampering().stop();
    KeyVersion prepared = bench.backend().prepare(request, bench.call(2));
    assertThat(prepared.id().value()).isEqualTo("2");
    assertThat(bench.server().journal().of("CreateCryptoKeyVersion")).hasSize(1);
    assertThat(bench.backend().activate(request, prepared.id(), bench.call()).active())
        .map(KeyVersion::id)
        .contains(prepared.id());
  }
}
