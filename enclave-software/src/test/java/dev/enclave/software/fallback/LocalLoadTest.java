package dev.enclave.software.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.Fallback;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that wait for each other in this process are no outage of the backend. */
@Tag("full")
class LocalLoadTest {

  private static final KeySpec<SigningKey> SPEC =
      KeySpec.named("payments").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
  private static final Message MESSAGE = Message.ofUtf8("pay 5 to bob");
  private static final Fault LOAD =
      new Fault.Refused(FailureClass.TRANSIENT, FailureCode.LOCAL_LOAD, Optional.empty());

  /** More than the failures in a row after which calls are held back. */
  private static final int MANY = 30;

  private final Scene scene;

  LocalLoadTest(@TempDir Path directory) {
    this.scene = new Scene(directory);
  }

  private static SigningKey ready(Enclave enclave) {
    SigningKey key = enclave.ensureKey(SPEC);
    Scene.awaitReady(enclave, key);
    return key;
  }

  private static ErrorCode refused(SigningKey key) {
    return catchThrowableOfType(EnclaveException.class, () -> key.sign(MESSAGE)).code();
  }

  @Test
  void noCompanionSigns_andTheNextCallerAsksTheBackend() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(LOAD);
      for (int call = 0; call < MANY; call++) {
        assertThat(refused(key)).isEqualTo(ErrorCode.LOCAL_LOAD);
      }
      scene.end();
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isEmpty();
      assertThat(enclave.health().findings())
          .extracting(Finding::code)
          .doesNotContain(ErrorCode.FALLBACK_IN_USE, ErrorCode.LOCAL_LOAD);
    }
  }

  @Test
  void aShortRestAfterTheWait_isNoSilenceOfTheBackend() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      for (int call = 0; call < MANY; call++) {
        // Waits for nearly all of its time, and for what is left gets no answer.
        scene.cloud.faults().next(CloudOperation.SIGN, 1, LOAD);
        scene.hang(Duration.ofSeconds(4));
        ErrorCode told =
            catchThrowableOfType(
                    EnclaveException.class,
                    () ->
                        key.sign(MESSAGE, SignOptions.defaults().deadline(Duration.ofMillis(900))))
                .code();
        assertThat(told).isEqualTo(ErrorCode.LOCAL_LOAD);
      }
      scene.end();
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isEmpty();
    }
  }

  @Test
  void duringAnOutage_loadIsNoAnswerOfTheBackend() {
    try (Enclave enclave = scene.open(Scene.fallback())) {
      SigningKey key = ready(enclave);
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      scene.clock.advance(Duration.ofSeconds(11));
      scene.end();
      scene.begin(LOAD);
      // The one that tries learns nothing.
      assertThat(refused(key)).isEqualTo(ErrorCode.LOCAL_LOAD);
      scene.end();
      scene.begin(Fault.unavailable());
      assertThat(Fallback.Endorsement.of(key.sign(MESSAGE))).isPresent();
      assertThat(enclave.health().findings())
          .extracting(Finding::code)
          .contains(ErrorCode.FALLBACK_IN_USE);
    }
  }
}
