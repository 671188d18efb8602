package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A vault that says 10 seconds to callers who have five: what they are told, and what it is spared.
 */
class ThrottledCallsTest {

  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");

  private final MutableClock clock = new MutableClock();
  private final FaultInjector faults = new FaultInjector();
  private final AzureKeyVaultServer azure =
      KeyVaults.server().clock(clock::now).faults(faults).start();

  private Enclave enclave;
  private SigningKey key;

  @BeforeEach
  void start() {
    enclave = Engines.builder(azure, clock, new RecordingAuditSink()).open();
    key = enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    azure.journal().clear();
  }

  @AfterEach
  void stop() {
    enclave.close();
    azure.close();
  }

  private EnclaveException refusal() {
    return catchThrowableOfType(EnclaveException.class, () -> key.sign(PAYMENT));
  }

  @Test
  void endsAtOnce_withTheTimeToRetry_andAsksTheVaultNoMore() {
    faults.follow(FaultPlan.NONE.every("Sign", 1, Fault.throttled(10)));
    Instant began = clock.now();

    EnclaveException first = refusal();

    assertThat(first.code()).isEqualTo(ErrorCode.THROTTLED);
    assertThat(first.retryable()).isTrue();
    assertThat(first.retryAt()).contains(began.plusSeconds(10));
    assertThat(clock.now()).as("no time was spent waiting in vain").isEqualTo(began);
    assertThat(azure.journal().of("Sign")).hasSize(1);

    clock.advance(Duration.ofSeconds(3));
    for (int i = 0; i < 50; i++) {
      EnclaveException spared = refusal();
      assertThat(spared.code()).isEqualTo(ErrorCode.THROTTLED);
      assertThat(spared.retryAt()).contains(began.plusSeconds(10));
    }
    assertThat(azure.journal().of("Sign")).hasSize(1);
  }

  @Test
  void waitsByItself_whereTheDeadlineAllowsIt() {
    faults.follow(FaultPlan.NONE.on("Sign", 1, Fault.throttled(3)));
    Instant began = clock.now();
    assertThat(key.verify(PAYMENT, key.sign(PAYMENT))).isTrue();
    assertThat(clock.now()).isEqualTo(began.plusSeconds(3));
    assertThat(azure.journal().of("Sign")).hasSize(2);
  }

  @Test
  void signsAgain_onceTheTimeIsOver() {
    faults.follow(FaultPlan.NONE.on("Sign", 1, Fault.throttled(10)));
    Instant retryAt = refusal().retryAt().orElseThrow();
    clock.advance(Duration.between(clock.now(), retryAt));
    assertThat(key.verify(PAYMENT, key.sign(PAYMENT))).isTrue();
  }
}
