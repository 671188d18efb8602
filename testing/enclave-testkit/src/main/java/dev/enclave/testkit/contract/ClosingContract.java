package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.enclave.KeyState;
import dev.enclave.SigningInput;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.Resealer;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A closed backend does nothing any more, and says so. */
public interface ClosingContract extends BackendUnderTest {

  @Test
  default void closesTwice() {
    Workbench.with(
        harness(),
        bench -> {
          bench.backend().close();
          assertThatCode(bench.backend()::close).doesNotThrowAnyException();
        });
  }

  @Test
  default void doesNotSign_onceClosed() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          SigningInput input = bench.input(key.algorithm());
          KeyVersionRef version = key.ref(key.active().orElseThrow());
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, call -> bench.sign(version, input, call));
        });
  }

  @Test
  default void loadsNothing_onceClosed() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, call -> bench.backend().load(key.name(), call));
        });
  }

  @Test
  default void createsNothing_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.CREATES,
        bench -> {
          KeySnapshot key = bench.create();
          bench.backend().close();
          bench.refuse(
              FailureCode.CLOSED,
              call -> bench.create(bench.request(bench.freshName(), key.algorithm()), call));
        });
  }

  @Test
  default void reportsNoHealth_onceClosed() {
    Workbench.with(
        harness(),
        bench -> {
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, bench.backend()::health);
        });
  }

  @Test
  default void doesNotList_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.LISTS,
        bench -> {
          KeyLister lister = bench.capability(KeyLister.class);
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, lister::list);
        });
  }

  @Test
  default void doesNotRotate_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeyRotator rotator = bench.capability(KeyRotator.class);
          RotateRequest request = bench.rotateRequest(bench.create(), KeyState.VERIFY_ONLY);
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, call -> rotator.prepare(request, call));
          bench.refuse(
              FailureCode.CLOSED,
              call -> rotator.activate(request, request.expectedActive(), call));
        });
  }

  @Test
  default void doesNotChangeStates_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeyStateChanger changer = bench.capability(KeyStateChanger.class);
          KeySnapshot key = bench.create();
          bench.backend().close();
          bench.refuse(
              FailureCode.CLOSED,
              call -> changer.changeState(key.ref(key.versions().get(0)), KeyState.DISABLED, call));
        });
  }

  @Test
  default void doesNotWrap_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.WRAPS,
        bench -> {
          KeyWrapper wrapper = bench.capability(KeyWrapper.class);
          KeySnapshot key = bench.create();
          bench.backend().close();
          try (SecretBytes secret = SecretBytes.takeOver(new byte[32])) {
            bench.refuse(
                FailureCode.CLOSED,
                call -> wrapper.wrap(key.ref(key.versions().get(0)), secret, call));
          }
        });
  }

  @Test
  default void doesNotAdopt_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench -> {
          KeyAdopter adopter = bench.capability(KeyAdopter.class);
          bench.backend().close();
          bench.refuse(
              FailureCode.CLOSED, call -> adopter.adopt(bench.freshName(), "anything", call));
        });
  }

  @Test
  default void doesNotReseal_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.RESEALS,
        bench -> {
          Resealer resealer = bench.capability(Resealer.class);
          bench.backend().close();
          bench.refuse(
              FailureCode.CLOSED,
              call -> {
                resealer.reseal(Optional.empty(), call);
                return true;
              });
        });
  }
}
