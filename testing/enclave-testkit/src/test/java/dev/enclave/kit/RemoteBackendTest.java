package dev.enclave.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyLister.Names;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RemoteBackendTest {

  private static final KeyName NAME = KeyName.of("wallet");
  private static final BackendId ID = BackendId.of("remote");

  private final MutableClock clock = new MutableClock();
  private final AtomicInteger released = new AtomicInteger();
  private final RequestGate gate =
      new RequestGate(new Refusals(ID, "Remote KMS"), released::incrementAndGet);

  @Test
  void hasTheCapabilitiesOfItsParts_andNoOther() {
    RemoteBackend backend = backend(new Signer(), new Lister());
    assertThat(backend.traits())
        .containsExactlyInAnyOrder(BackendTrait.REMOTE, BackendTrait.SIGNS, BackendTrait.LISTS);
    assertThat(backend.capability(KeyWrapper.class)).isEmpty();
  }

  @Test
  void doesNotChooseBetweenTwoParts() {
    assertThatThrownBy(() -> backend(new Lister(), new Lister()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("KeyLister");
  }

  @Test
  void passesCallsOn_whileItIsOpen() throws BackendFailure {
    RemoteBackend backend = backend(new Signer(), new Lister());
    assertThat(its(backend, KeyLister.class).list(call())).containsExactly(NAME);
    assertThat(failure(() -> its(backend, KeySigner.class).sign(ref(), input(), call())))
        .returns(FailureCode.UNSUPPORTED, BackendFailure::code);
    assertThat(failure(() -> backend.load(NAME, call())))
        .returns(FailureCode.NOT_FOUND, BackendFailure::code);
  }

  @Test
  void refusesEveryCall_onceItIsClosed_andReleasesOnce() {
    RemoteBackend backend = backend(new Signer(), new Lister());
    KeySigner signer = its(backend, KeySigner.class);
    KeyLister lister = its(backend, KeyLister.class);

    backend.close();
    backend.close();

    assertThat(released).hasValue(1);
    assertClosed(() -> signer.sign(ref(), input(), call()));
    assertClosed(() -> lister.page(Optional.empty(), call()));
    assertClosed(() -> backend.load(NAME, call()));
    assertClosed(() -> backend.health(call()));
  }

  @Test
  void sendsNothing_onceTheDeadlineHasPassed() throws BackendFailure {
    CallContext call = call();
    assertThat(gate.timeLeft(call)).isEqualTo(Duration.ofMinutes(1));
    clock.advance(Duration.ofMinutes(2));
    assertThat(failure(() -> gate.timeLeft(call)))
        .returns(FailureCode.TIMEOUT, BackendFailure::code)
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .hasMessage(
            "The deadline passed before the request to Remote KMS was sent. Allow more time.");
  }

  @Test
  void takesTheFailureThatIsExpectedForAnAnswer_andNoOther() throws BackendFailure {
    assertThat(RequestGate.unless(FailureCode.NOT_FOUND, () -> 1)).contains(1);
    assertThat(
            RequestGate.unless(
                FailureCode.NOT_FOUND,
                () -> {
                  throw BackendFailure.permanent(FailureCode.NOT_FOUND, "None.");
                }))
        .isEmpty();
    assertThat(
            failure(
                () ->
                    RequestGate.unless(
                        FailureCode.NOT_FOUND,
                        () -> {
                          throw BackendFailure.permanent(FailureCode.REJECTED, "No.");
                        })))
        .returns(FailureCode.REJECTED, BackendFailure::code);
  }

  private RemoteBackend backend(Capability... parts) {
    return new RemoteBackend(
        BackendDescription.of(ID, "here", Set.of(BackendTrait.REMOTE), List.of()),
        gate,
        (name, call) -> {
          throw BackendFailure.permanent(FailureCode.NOT_FOUND, "There is none.");
        },
        call -> {
          throw BackendFailure.permanent(FailureCode.REJECTED, "It is not asked.");
        },
        List.of(parts));
  }

  private static final class Signer implements KeySigner {
    @Override
    public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
        throws BackendFailure {
      throw BackendFailure.permanent(FailureCode.UNSUPPORTED, "It does not sign.");
    }
  }

  private static final class Lister implements KeyLister {
    @Override
    public Names page(Optional<String> from, CallContext call) throws BackendFailure {
      return Names.whole(from, List.of(NAME));
    }
  }

  private static <C extends Capability> C its(RemoteBackend backend, Class<C> type) {
    return backend.capability(type).orElseThrow();
  }

  private interface Asking {
    Object ask() throws BackendFailure;
  }

  private static BackendFailure failure(Asking asking) {
    return catchThrowableOfType(BackendFailure.class, asking::ask);
  }

  private static void assertClosed(Asking asking) {
    assertThat(failure(asking))
        .returns(FailureCode.CLOSED, BackendFailure::code)
        .returns(FailureClass.PERMANENT, BackendFailure::failureClass)
        .hasMessage("Backend remote has been closed. Open it again.");
  }

  private static KeyVersionRef ref() {
    return KeyVersionRef.of(
        NAME,
        KeyVersionId.of("1"),
        SigningAlgorithm.ED25519,
        KeyState.ACTIVE,
        StampReading.none(),
        "remote/wallet/1");
  }

  private static SigningInput input() {
    return Message.of(new byte[] {1});
  }

  private CallContext call() {
    return CallContext.of("once", 1, Deadline.in(Duration.ofMinutes(1), clock), clock);
  }
}
