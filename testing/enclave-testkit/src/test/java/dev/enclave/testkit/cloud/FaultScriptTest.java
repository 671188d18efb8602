package dev.enclave.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.Signatures;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.BackendHarness;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is scripted happens, where it is scripted to happen. */
class FaultScriptTest {

  private static final Message MESSAGE = Message.ofUtf8("a transfer");

  private final CloudShapedProvider provider =
      new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);
  private final BackendHarness harness = CloudShapedBackends.harness(provider);
  private final SigningBackend backend = provider.open(harness.context());

  @Test
  void failsTheCallOfThatNumberOnly() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ED25519);
    provider.faults().on(CloudOperation.SIGN, 2, Fault.unavailable());
    sign(key);
    BackendFailure failure = failureOfSigning(key);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    assertThat(failure.providerRequestId()).isPresent();
    assertThat(verifies(key, sign(key))).isTrue();
    assertThat(provider.faults().calls(CloudOperation.SIGN)).isEqualTo(3);
  }

  @Test
  void saysHowLongToWait_whenThrottling() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ED25519);
    provider.faults().next(CloudOperation.SIGN, 1, Fault.throttled(Duration.ofSeconds(7)));
    BackendFailure failure = failureOfSigning(key);
    assertThat(failure.code()).isEqualTo(FailureCode.THROTTLED);
    assertThat(failure.retryAfter()).contains(Duration.ofSeconds(7));
  }

  @Test
  void failsEverything_whenAccessIsDenied() throws BackendFailure {
    provider.faults().always(Fault.accessDenied());
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> backend.health(call()));
    assertThat(failure.code()).isEqualTo(FailureCode.ACCESS_DENIED);
    assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
  }

  @Test
  void createsTheKey_whenOnlyTheAnswerIsLost() throws BackendFailure {
    provider.faults().on(CloudOperation.CREATE, 1, Fault.Lost.ANSWER);
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> create("k", SigningAlgorithm.ED25519));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(backend.load(KeyName.of("k"), call()).versions()).hasSize(1);
  }

  @Test
  void createsNothing_whenTheRequestIsLost() throws BackendFailure {
    provider.faults().on(CloudOperation.CREATE, 1, Fault.Lost.REQUEST);
    assertThatThrownBy(() -> create("k", SigningAlgorithm.ED25519))
        .isInstanceOf(BackendFailure.class);
    assertThat(backend.capability(KeyLister.class).orElseThrow().list(call())).isEmpty();
  }

  @Test
  void neverCallsALostReadAmbiguous() throws BackendFailure {
    create("k", SigningAlgorithm.ED25519);
    provider.faults().on(CloudOperation.LOAD, 1, Fault.Lost.ANSWER);
    BackendFailure failure =
        catchThrowableOfType(BackendFailure.class, () -> backend.load(KeyName.of("k"), call()));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
  }

  @Test
  void takesItsTime_onTheClockOfTheCall() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ED25519);
    provider.faults().latency(CloudOperation.SIGN, Duration.ofMillis(80));
    var before = harness.time().now();
    sign(key);
    assertThat(Duration.between(before, harness.time().now())).isEqualTo(Duration.ofMillis(80));
  }

  @Test
  void endsAtTheDeadline_whenItTakesLonger() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ED25519);
    provider.faults().latency(CloudOperation.SIGN, Duration.ofHours(1));
    var before = harness.time().now();
    CallContext call = call();
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () ->
                backend
                    .capability(KeySigner.class)
                    .orElseThrow()
                    .sign(key.ref(key.active().orElseThrow()), MESSAGE, call));
    assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT);
    assertThat(call.remaining()).isZero();
    assertThat(harness.time().now()).isEqualTo(before.plusSeconds(5));
  }

  @Test
  void answersWithAnotherVersion() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ED25519);
    provider.faults().next(CloudOperation.SIGN, 1, Fault.Wrong.VERSION);
    RawSignature signature = sign(key);
    assertThat(signature.version()).isNotEqualTo(key.active().orElseThrow().id());
    assertThat(verifies(key, signature)).isTrue();
  }

  @Test
  void answersWithSignaturesThatDoNotVerify() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ED25519);
    for (Fault.Wrong wrong :
        new Fault.Wrong[] {Fault.Wrong.KEY, Fault.Wrong.BIT, Fault.Wrong.LENGTH}) {
      provider.faults().next(CloudOperation.SIGN, 1, wrong);
      RawSignature signature = sign(key);
      assertThat(signature.version()).isEqualTo(key.active().orElseThrow().id());
      assertThat(verifies(key, signature)).as(wrong.name()).isFalse();
    }
  }

  @Test
  void refusesToAnswerAnythingButSigningWrongly() {
    assertThatThrownBy(() -> provider.faults().on(CloudOperation.LOAD, 1, Fault.Wrong.BIT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void givesHighAndLowS_onSecp256k1() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ECDSA_SECP256K1_SHA256);
    Set<Boolean> low = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      RawSignature signature = sign(key);
      low.add(
          Signatures.lowS(signature.value(), key.algorithm(), signature.encoding())
              .equals(signature.value()));
    }
    assertThat(low).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void worksAgain_onceCleared() throws BackendFailure {
    KeySnapshot key = create("k", SigningAlgorithm.ED25519);
    provider.faults().always(Fault.unavailable()).clear();
    assertThat(verifies(key, sign(key))).isTrue();
  }

  private KeySnapshot create(String name, KeyAlgorithm algorithm) throws BackendFailure {
    return backend
        .capability(KeyCreator.class)
        .orElseThrow()
        .create(
            CreateRequest.of(
                KeyName.of(name),
                algorithm,
                dev.enclave.RotationInterval.POLICY,
                harness.environment(),
                "operation-1"),
            call());
  }

  private RawSignature sign(KeySnapshot key) throws BackendFailure {
    return backend
        .capability(KeySigner.class)
        .orElseThrow()
        .sign(key.ref(key.active().orElseThrow()), MESSAGE, call());
  }

  private BackendFailure failureOfSigning(KeySnapshot key) {
    return catchThrowableOfType(BackendFailure.class, () -> sign(key));
  }

  private static boolean verifies(KeySnapshot key, RawSignature signature) {
    KeyVersion version = key.active().orElseThrow();
    return Optional.of(signature.value())
        .filter(
            value ->
                SignatureVerifier.of(version.publicKey().orElseThrow())
                    .verify(MESSAGE, value, signature.encoding()))
        .isPresent();
  }

  private CallContext call() {
    return CallContext.of(
        "operation-1", 1, Deadline.in(Duration.ofSeconds(5), harness.time()), harness.time());
  }
}
