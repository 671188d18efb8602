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
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who replaces a version as compromised may die once the next one is active. */
class CompromisedVersionTest {

  private static final KeyName NAME = KeyName.of("k");

  private final MutableClock clock = new MutableClock();

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SIGN_ONLY")
  void isDisabled_thoughItsRotationEndedHalfway(CloudVariant variant) throws BackendFailure {
    CloudShapedProvider provider = new CloudShapedProvider(variant);
    BackendHarness harness = CloudShapedBackends.harness(provider).on(clock, Duration.ofMinutes(1));
    CloudShapedBackend backend = (CloudShapedBackend) provider.open(harness.context());
    KeyVersion one = create(backend).versions().get(0);
    seen();
    RotateRequest request = RotateRequest.of(NAME, one.id(), "operation-2", KeyState.DISABLED);
    KeyVersion two = backend.prepare(request, call());
    seen();
    provider.faults().next(CloudOperation.ACTIVATE, 1, Fault.Lost.HALFWAY);
    assertThatThrownBy(() -> backend.activate(request, two.id(), call()))
        .isInstanceOf(BackendFailure.class);
    seen();
    KeySnapshot found = backend.load(NAME, call());
    assertThat(found.versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.DISABLED, KeyState.ACTIVE);
    backend.changeState(found.ref(found.versions().get(0)), KeyState.VERIFY_ONLY, call());
    seen();
    assertThat(backend.load(NAME, call()).versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
  }

  private KeySnapshot create(CloudShapedBackend backend) throws BackendFailure {
    return backend.create(
        CreateRequest.of(
            NAME,
            SigningAlgorithm.ECDSA_P256_SHA256,
            RotationInterval.POLICY,
            EnvironmentType.DEVELOPMENT,
            "operation-1"),
        call());
  }

  /** What was written just now is seen. */
  private void seen() {
    clock.advance(CloudVariant.EVENTUALLY_CONSISTENT.staleness());
  }

  private CallContext call() {
    return CallContext.of("operation-3", 1, Deadline.in(Duration.ofSeconds(5), clock), clock);
  }
}
