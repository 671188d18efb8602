package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningInput;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.JumpingTime;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The second step of a rotation switches to the prepared version, once. */
public interface RotationContract extends BackendUnderTest {

  /** Longer than any backend takes to settle. */
  Duration GRACE = Duration.ofHours(1);

  @Test
  default void activates_andRetiresAsAsked() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          for (KeyState retired : EnumSet.of(KeyState.VERIFY_ONLY, KeyState.DISABLED)) {
            KeySnapshot rotated = bench.rotate(bench.create(), retired);
            assertThat(rotated.versions())
                .extracting(KeyVersion::state)
                .containsExactly(retired, KeyState.ACTIVE);
            assertThat(bench.load(rotated.name())).isEqualTo(rotated);
          }
        });
  }

  @Test
  default void signsWithTheNewVersion_onceActivated() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot rotated = bench.rotate(bench.create());
          KeyVersion active = rotated.active().orElseThrow();
          SigningInput input = bench.input(rotated.algorithm());
          Verification.requireSigned(active, input, bench.sign(rotated.ref(active), input));
        });
  }

  @Test
  default void doesNotSignWithTheOldVersion_onceRetired() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          for (KeyState retired : EnumSet.of(KeyState.VERIFY_ONLY, KeyState.DISABLED)) {
            KeySnapshot rotated = bench.rotate(bench.create(), retired);
            SigningInput input = bench.input(rotated.algorithm());
            for (KeySnapshot read : List.of(rotated, bench.load(rotated.name()))) {
              KeyVersion old = read.versions().get(0);
              bench.refuse(
                  FailureCode.INVALID_STATE, call -> bench.sign(read.ref(old), input, call));
            }
          }
        });
  }

  @Test
  default void doesNotSignWithTheOldVersion_byAReferenceFromBefore() {
    BackendHarness harness = harness();
    JumpingTime time = new JumpingTime(harness.time());
    Workbench.with(
        knowsStates(harness) ? harness.on(time, harness.settling()) : harness,
        BackendTrait.ROTATES,
        bench -> {
          for (KeyState retired : EnumSet.of(KeyState.VERIFY_ONLY, KeyState.DISABLED)) {
            KeySnapshot key = bench.create();
            KeyVersion old = key.active().orElseThrow();
            KeyVersionRef held = key.ref(old).withGrace(GRACE);
            bench.rotate(key, retired);
            SigningInput input = bench.input(key.algorithm());
            bench.refuseOutdated(retired, call -> bench.sign(key.ref(old), input, call));
            if (retired == KeyState.DISABLED) {
              bench.refuse(FailureCode.INVALID_STATE, call -> bench.sign(held, input, call));
            } else if (knowsStates(harness)) {
              Verification.requireSigned(old, input, bench.sign(held, input));
              time.jump(GRACE);
              refuseReplaced(bench, held);
              // By a clock that is behind, the rotation is to come.
              time.jump(GRACE.multipliedBy(-3));
              refuseReplaced(bench, held);
            }
          }
        });
  }

  /** Whether a backend has its own word on a state that verifies and does not sign. */
  private static boolean knowsStates(BackendHarness harness) {
    return !harness.expects(BackendTrait.REMOTE)
        || harness.expects(BackendTrait.USES_KEYS_IN_PROCESS);
  }

  private static void refuseReplaced(Workbench bench, KeyVersionRef old)
      throws InterruptedException {
    SigningInput input = bench.input(old.algorithm());
    if (knowsStates(bench.harness())) {
      bench.refuse(FailureCode.INVALID_STATE, call -> bench.sign(old, input, call));
    } else {
      bench.refuseOutdated(KeyState.VERIFY_ONLY, call -> bench.sign(old, input, call));
    }
  }

  @Test
  default void returnsTheKeyAsItIs_whenActivationIsRepeated() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          RotateRequest request = bench.rotateRequest(bench.create(), KeyState.VERIFY_ONLY);
          KeyVersion next = bench.prepare(request);
          bench.activate(request, next);
          KeyRotator rotator = bench.capability(KeyRotator.class);
          KeySnapshot later = bench.rotate(bench.load(request.name()));
          KeySnapshot repeated =
              bench.succeed(
                  request.operationId(), call -> rotator.activate(request, next.id(), call));
          assertThat(repeated).isEqualTo(later);
        });
  }

  @Test
  default void refusesToActivate_whenAnotherVersionWonMeanwhile() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest winner = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          RotateRequest loser = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion losing = bench.prepare(loser);
          KeyVersion winning = bench.prepare(winner);
          bench.activate(winner, winning);
          KeyRotator rotator = bench.capability(KeyRotator.class);
          bench.refuse(FailureCode.CONFLICT, call -> rotator.activate(loser, losing.id(), call));
          KeySnapshot settled = bench.load(key.name());
          assertThat(settled.active().orElseThrow().id()).isEqualTo(winning.id());
          assertThat(settled.version(losing.id()).orElseThrow().state())
              .isEqualTo(KeyState.PENDING);
        });
  }

  @Test
  default void keepsVersionsOldestFirst_andTheirPublicKeys() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot first = bench.create();
          KeySnapshot second = bench.rotate(first);
          KeySnapshot third = bench.rotate(second);
          KeySnapshot loaded = bench.load(first.name());
          assertThat(loaded.versions())
              .extracting(KeyVersion::id)
              .containsExactly(
                  first.active().orElseThrow().id(),
                  second.active().orElseThrow().id(),
                  third.active().orElseThrow().id());
          assertThat(loaded.versions())
              .extracting(KeyVersion::publicKey)
              .containsExactly(
                  first.active().orElseThrow().publicKey(),
                  second.active().orElseThrow().publicKey(),
                  third.active().orElseThrow().publicKey());
          assertThat(loaded.versions()).extracting(KeyVersion::createdAt).isSorted();
        });
  }

  @Test
  default void refusesASecondActiveVersion_byStateChange() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          RotateRequest request = bench.rotateRequest(bench.create(), KeyState.DISABLED);
          KeyVersion next = bench.prepare(request);
          requireNoOtherActive(bench, bench.load(request.name()), KeyState.PENDING);
          KeySnapshot rotated = bench.activate(request, next);
          requireNoOtherActive(bench, bench.load(request.name()), KeyState.DISABLED);
          bench.changeState(rotated.ref(rotated.versions().get(0)), KeyState.VERIFY_ONLY);
          requireNoOtherActive(bench, bench.load(request.name()), KeyState.VERIFY_ONLY);
        });
  }

  private static void requireNoOtherActive(Workbench bench, KeySnapshot key, KeyState state)
      throws InterruptedException {
    KeyStateChanger changer = bench.capability(KeyStateChanger.class);
    KeyVersion other =
        key.versions().stream().filter(each -> each.state() == state).findFirst().orElseThrow();
    bench.refuse(
        FailureCode.INVALID_STATE,
        call -> changer.changeState(key.ref(other), KeyState.ACTIVE, call));
    assertThat(bench.load(key.name())).isEqualTo(key);
  }

  @Test
  default void goesBackToTheOldVersion_byStateChange() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot first = bench.create();
          KeyVersionRef before = first.ref(first.versions().get(0)).withGrace(GRACE);
          KeySnapshot key = bench.rotate(first);
          KeyVersionRef older = key.ref(key.versions().get(0));
          KeyVersionRef newer = key.ref(key.versions().get(1));
          bench.changeState(newer, KeyState.DISABLED);
          refuseReplaced(bench, before);
          bench.changeState(newer, KeyState.ACTIVE);
          bench.changeState(older, KeyState.DISABLED);
          bench.changeState(older, KeyState.VERIFY_ONLY);
          refuseReplaced(bench, before);
          bench.changeState(newer, KeyState.DISABLED);
          requireSignsAgain(bench, key, older);
          bench.changeState(older, KeyState.DISABLED);
          bench.changeState(newer, KeyState.DESTROYED);
          requireSignsAgain(bench, key, older);
        });
  }

  /** For keys whose public key is an address; a backend that cannot says so. */
  @Test
  default void reinstatesAnOlderVersion_orSaysThatItCannot() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot first = bench.create();
          KeySnapshot key = bench.rotate(first);
          KeyVersion older = key.versions().get(0);
          KeyVersion newer = key.versions().get(1);
          RotateRequest back = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          RotateRequest forth = bench.rotateRequest(first, KeyState.VERIFY_ONLY);
          KeyRotator rotator = bench.capability(KeyRotator.class);
          if (!reinstates(bench, back, older)) {
            assertThat(bench.load(key.name())).isEqualTo(key);
            return;
          }
          KeySnapshot again =
              bench.succeed(back.operationId(), call -> rotator.reinstate(back, older.id(), call));
          assertThat(again.versions())
              .extracting(KeyVersion::state)
              .containsExactly(KeyState.ACTIVE, KeyState.VERIFY_ONLY);
          bench.awaitKey(key.name(), again::equals);
          SigningInput input = bench.input(key.algorithm());
          KeyVersionRef active = again.ref(again.active().orElseThrow());
          Verification.requireSigned(older, input, bench.sign(active, input));
          bench.refuse(FailureCode.CONFLICT, call -> rotator.reinstate(back, newer.id(), call));
          KeyVersion pending = bench.prepare(forth);
          bench.refuse(
              FailureCode.INVALID_STATE, call -> rotator.reinstate(forth, pending.id(), call));
        });
  }

  private static boolean reinstates(Workbench bench, RotateRequest back, KeyVersion older)
      throws InterruptedException {
    KeyRotator rotator = bench.capability(KeyRotator.class);
    boolean[] can = {true};
    bench.succeed(
        back.operationId(),
        call -> {
          try {
            rotator.reinstate(back, older.id(), call);
          } catch (BackendFailure e) {
            if (e.code() != FailureCode.UNSUPPORTED) {
              throw e;
            }
            can[0] = false;
          }
          return can;
        });
    return can[0];
  }

  private static void requireSignsAgain(Workbench bench, KeySnapshot key, KeyVersionRef older)
      throws InterruptedException {
    KeySnapshot back = bench.changeState(older, KeyState.ACTIVE);
    SigningInput input = bench.input(key.algorithm());
    Verification.requireSigned(
        key.versions().get(0), input, bench.sign(back.ref(back.active().orElseThrow()), input));
  }
}
