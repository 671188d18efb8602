package dev.enclave.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The eventually consistent variant shows yesterday's truth for ten seconds. */
class StaleReadsTest {

  private static final KeyName NAME = KeyName.of("k");

  private final MutableClock clock = new MutableClock();
  private final CloudShapedProvider provider =
      new CloudShapedProvider(CloudVariant.EVENTUALLY_CONSISTENT);
  private final BackendHarness harness =
      CloudShapedBackends.harness(provider).on(clock, java.time.Duration.ofMinutes(1));
  private final CloudShapedBackend backend = (CloudShapedBackend) provider.open(harness.context());

  @Test
  void findsNoKey_rightAfterItsCreation() throws BackendFailure {
    create("operation-1");
    assertThatThrownBy(() -> backend.load(NAME, call()))
        .isInstanceOfSatisfying(
            BackendFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(FailureCode.NOT_FOUND));
  }

  @Test
  void findsTheKey_onceTenSecondsHavePassed() throws BackendFailure {
    KeySnapshot created = create("operation-1");
    clock.advance(CloudVariant.EVENTUALLY_CONSISTENT.staleness());
    assertThat(backend.load(NAME, call())).isEqualTo(created);
  }

  @Test
  void asksForPatience_whenAnUnseenKeyIsCreatedAgain() throws BackendFailure {
    create("operation-1");
    assertThatThrownBy(() -> create("operation-1"))
        .isInstanceOfSatisfying(
            BackendFailure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(FailureCode.NOT_FOUND);
              assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
            });
  }

  @Test
  void showsTheOldVersionActive_rightAfterARotation() throws BackendFailure {
    KeySnapshot key = create("operation-1");
    clock.advance(CloudVariant.EVENTUALLY_CONSISTENT.staleness());
    KeyRotator rotator = backend;
    RotateRequest request =
        RotateRequest.of(
            NAME, key.active().orElseThrow().id(), "operation-2", KeyState.VERIFY_ONLY);
    KeyVersion prepared = rotator.prepare(request, call());
    clock.advance(CloudVariant.EVENTUALLY_CONSISTENT.staleness());
    KeySnapshot activated = rotator.activate(request, prepared.id(), call());
    assertThat(activated.active().orElseThrow()).isEqualTo(activated.versions().get(1));
    assertThat(backend.load(NAME, call()).active()).isEqualTo(key.active());
  }

  private KeySnapshot create(String operationId) throws BackendFailure {
    return backend.create(
        CreateRequest.of(
            NAME,
            SigningAlgorithm.ED25519,
            RotationInterval.POLICY,
            EnvironmentType.DEVELOPMENT,
            operationId),
        call());
  }

  private CallContext call() {
    return CallContext.of("operation-1", 1, Deadline.in(Duration.ofSeconds(5), clock), clock);
  }
}
