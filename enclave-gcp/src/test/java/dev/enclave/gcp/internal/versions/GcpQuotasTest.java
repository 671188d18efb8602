package dev.enclave.gcp.internal.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.SigningAlgorithm;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.internal.Bench;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What an organisation's policy and the project's quotas leave of destroying, creating, reading.
 */
class GcpQuotasTest {

  /** "Quotas": read requests a minute of the calling project. */
  private static final int READS = 600;

  /** As docs/gcp.md counts. */
  private static final int REQUESTS_OF_A_READING = 3;

  private static final Duration BETWEEN_READINGS = Duration.ofSeconds(90);

  @Test
  void disablesBeforeItDestroys_whereTheOrganisationDemandsIt() throws BackendFailure {
    try (Bench bench = Bench.start(GcpKmsServer.builder().disableBeforeDestroy())) {
      KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
      KeySnapshot destroyed =
          bench
              .backend()
              .changeState(key.ref(key.active().orElseThrow()), KeyState.DESTROYED, bench.call());
      assertThat(destroyed.versions().get(0).state()).isEqualTo(KeyState.DESTROYED);
    }
  }

  @Test
  void destroysByOneRequest_elsewhere() throws BackendFailure {
    try (Bench bench = Bench.start()) {
      KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
      bench
          .backend()
          .changeState(key.ref(key.active().orElseThrow()), KeyState.DESTROYED, bench.call());
      assertThat(bench.server().journal().of("DestroyCryptoKeyVersion")).hasSize(1);
      assertThat(bench.server().journal().of("UpdateCryptoKeyVersion")).isEmpty();
    }
  }

  @Test
  void readsAsManyKeysAMinuteAsTheGuideSays_andIsThrottledThen() throws BackendFailure {
    try (Bench bench = Bench.start(GcpKmsServer.builder().requestQuotas(READS, READS, READS))) {
      KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
      bench.clock().advance(Duration.ofMinutes(1));
      int readings = READS / REQUESTS_OF_A_READING;
      for (int i = 0; i < readings; i++) {
        bench.backend().load(key.name(), bench.call());
      }
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class, () -> bench.backend().load(key.name(), bench.call()))
                  .failureClass())
          .isEqualTo(FailureClass.THROTTLED);
      assertThat(readings * BETWEEN_READINGS.toSeconds() / 60)
          .as("keys times processes")
          .isEqualTo(300);
    }
  }

  @Test
  void saysThatTheLimitOfHsmKeysIsFixed_whenCreationIsThrottled() throws BackendFailure {
    try (Bench bench = Bench.start(GcpKmsServer.builder().requestQuotas(READS, 2, READS))) {
      bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
      BackendFailure failure = null;
      for (int i = 0; i < 2 && failure == null; i++) {
        failure =
            catchThrowableOfType(
                BackendFailure.class, () -> bench.create(SigningAlgorithm.ECDSA_P256_SHA256));
      }
      assertThat(failure).isNotNull().hasMessageContaining("a limit that it does not raise");
    }
  }
}
