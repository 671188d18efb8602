package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.AzureCalls.Throttling;
import dev.enclave.azure.internal.AzureCalls.Throttling.Cost;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a 429 spares: the requests that would be refused as well, and no others. */
class AzureThrottlingTest {

  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private AzureBench bench;

  @BeforeEach
  void open() {
    bench = new AzureBench();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void throttle(String operation, Map<String, String> headers) {
    bench.refuse(
        operation,
        429,
        "{\"error\":{\"code\":\"Throttled\",\"message\":\"Request was not processed\"}}",
        headers);
  }

  private BackendFailure signing(KeySnapshot key) {
    return bench.failureOf(
        () -> bench.backend.sign(key.ref(key.active().orElseThrow()), DIGEST, bench.call()));
  }

  @Test
  void sendsNothingThatCostsAsMuch_untilTheVaultsTimeIsOver() throws BackendFailure {
    KeySnapshot key = bench.create(KeyName.of("rsa"), SigningAlgorithm.RSA_PSS_3072_SHA256);
    throttle("Sign", Map.of("Retry-After", "10"));
    assertThat(signing(key).retryAfter()).contains(TEN_SECONDS);
    bench.leaveAlone();
    bench.server.journal().clear();

    bench.clock.advance(Duration.ofSeconds(4));
    BackendFailure spared = signing(key);
    assertThat(spared.failureClass()).isEqualTo(FailureClass.THROTTLED);
    assertThat(spared.code()).isEqualTo(FailureCode.THROTTLED);
    assertThat(spared.retryAfter()).contains(Duration.ofSeconds(6));
    assertThat(spared).hasMessageContaining("was not sent").hasMessageContaining("until ");
    assertThat(bench.requests()).isEmpty();

    bench.clock.advance(Duration.ofSeconds(6));
    assertThat(signing(key)).isNull();
    assertThat(bench.requests()).containsExactly("Sign");
  }

  @Test
  void sendsWhatCostsLess_sinceItMayStillFit() throws BackendFailure {
    KeySnapshot costly = bench.create(KeyName.of("rsa"), SigningAlgorithm.RSA_PSS_3072_SHA256);
    KeySnapshot cheap = bench.create(KeyName.of("ec"), SigningAlgorithm.ECDSA_P256_SHA256);
    throttle("Sign", Map.of("Retry-After", "10"));
    signing(costly);
    bench.leaveAlone();
    assertThat(signing(cheap)).isNull();
    assertThat(signing(costly).code()).isEqualTo(FailureCode.THROTTLED);
  }

  @Test
  void holdsAllTransactionsBack_whenTheCheapestIsRefused() throws BackendFailure {
    KeySnapshot costly = bench.create(KeyName.of("rsa"), SigningAlgorithm.RSA_PSS_2048_SHA256);
    KeySnapshot cheap = bench.create(KeyName.of("ec"), SigningAlgorithm.ECDSA_P256_SHA256);
    throttle("Sign", Map.of("Retry-After", "10"));
    signing(cheap);
    bench.leaveAlone();
    bench.server.journal().clear();
    assertThat(signing(costly).code()).isEqualTo(FailureCode.THROTTLED);
    assertThat(bench.failureOf(() -> bench.backend.load(KeyName.of("ec"), bench.call())).code())
        .isEqualTo(FailureCode.THROTTLED);
    assertThat(bench.requests()).isEmpty();
  }

  @Test
  void countsMakingApart() throws BackendFailure {
    KeySnapshot key = bench.create(KeyName.of("ec"), SigningAlgorithm.ECDSA_P256_SHA256);
    throttle("CreateKey", Map.of("Retry-After", "10"));
    assertThat(
            bench
                .failureOf(
                    () -> bench.create(KeyName.of("next"), SigningAlgorithm.ECDSA_P256_SHA256))
                .retryAfter())
        .contains(TEN_SECONDS);
    bench.leaveAlone();
    assertThat(signing(key)).isNull();
    bench.server.journal().clear();
    assertThat(
            bench
                .failureOf(
                    () -> bench.create(KeyName.of("other"), SigningAlgorithm.ECDSA_P256_SHA256))
                .code())
        .isEqualTo(FailureCode.THROTTLED);
    assertThat(bench.requests()).doesNotContain("CreateKey");
  }

  @Test
  void holdsNothingBack_whenTheVaultNamesNoTime() throws BackendFailure {
    KeySnapshot key = bench.create(KeyName.of("ec"), SigningAlgorithm.ECDSA_P256_SHA256);
    throttle("Sign", Map.of());
    assertThat(signing(key).retryAfter()).isEmpty();
    bench.leaveAlone();
    assertThat(signing(key)).isNull();
  }

  @Test
  void meetsTheVaultsOwnLimit_whichOthersUsedUp() throws BackendFailure {
    try (AzureBench limited = new AzureBench(server -> server.requestQuotas(), Map.of())) {
      for (int i = 0; i < 10; i++) {
        String name = "others-" + i;
        limited.bySdk(
            keys -> keys.createEcKey(new CreateEcKeyOptions(name).setHardwareProtected(true)));
      }
      limited.server.journal().clear();
      BackendFailure refused =
          limited.failureOf(
              () -> limited.create(KeyName.of("refused"), SigningAlgorithm.ECDSA_P256_SHA256));
      BackendFailure spared =
          limited.failureOf(
              () -> limited.create(KeyName.of("spared"), SigningAlgorithm.ECDSA_P256_SHA256));
      assertThat(refused.retryAfter()).isEqualTo(spared.retryAfter()).contains(TEN_SECONDS);
      assertThat(limited.server.journal().of("CreateKey")).hasSize(1);
      limited.clock.advance(TEN_SECONDS);
      limited.create(KeyName.of("later"), SigningAlgorithm.ECDSA_P256_SHA256);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ECDSA_P256_SHA256, 1", "ECDSA_P521_SHA512, 1", "ECDSA_SECP256K1_KECCAK256, 1",
    "RSA_PSS_2048_SHA256, 1", "RSA_PSS_3072_SHA256, 4", "RSA_PKCS1_4096_SHA512, 8",
    "RSA_OAEP_3072_SHA256, 4", "RSA_OAEP_4096_SHA256, 8", "AES_256_GCM, 1"
  })
  void weighsAsTheVaultDoes(KeyAlgorithm algorithm, int units) {
    assertThat(Cost.of(algorithm)).isEqualTo(new Cost(false, units));
  }

  @Test
  void keepsTheLongestTime_thatAnyRefusalAskedFor() {
    MutableClock clock = new MutableClock();
    Throttling throttling = new Throttling();
    throttling.refused(new Cost(false, 8), Duration.ofSeconds(9), clock);
    throttling.refused(new Cost(false, 4), Duration.ofSeconds(3), clock);
    throttling.refused(new Cost(false, 8), Duration.ofSeconds(1), clock);
    assertThat(throttling.pauseFor(new Cost(false, 8), clock)).contains(Duration.ofSeconds(9));
    assertThat(throttling.pauseFor(new Cost(false, 4), clock)).contains(Duration.ofSeconds(3));
    assertThat(throttling.pauseFor(new Cost(false, 1), clock)).isEmpty();
    assertThat(throttling.pauseFor(new Cost(true, 8), clock)).isEmpty();
    clock.advance(Duration.ofSeconds(3));
    assertThat(throttling.pauseFor(new Cost(false, 4), clock)).isEmpty();
    assertThat(throttling.pauseFor(new Cost(false, 8), clock)).contains(Duration.ofSeconds(6));
  }
}
