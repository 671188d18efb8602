package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningInput;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Unknown;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Versions can be switched off, on again, and destroyed; only active ones sign. */
public interface StateContract extends BackendUnderTest {

  @TestFactory
  default Stream<DynamicTest> doesNotSign_unlessActive() {
    return Stream.of(KeyState.VERIFY_ONLY, KeyState.DISABLED, KeyState.DESTROYED)
        .map(
            state ->
                DynamicTest.dynamicTest(
                    "doesNotSign_when" + state, () -> requireNoSigning(harness(), state)));
  }

  private static void requireNoSigning(BackendHarness harness, KeyState state) {
    Workbench.with(
        harness,
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersionRef before = key.ref(key.versions().get(0));
          KeySnapshot changed = bench.changeState(before, state);
          SigningInput input = bench.input(key.algorithm());
          for (KeySnapshot read : List.of(changed, bench.load(key.name()))) {
            KeyVersionRef after = read.ref(read.versions().get(0));
            bench.refuse(FailureCode.INVALID_STATE, call -> bench.sign(after, input, call));
          }
        });
  }

  @TestFactory
  default Stream<DynamicTest> doesNotSign_byAReferenceFromBefore() {
    return Stream.of(KeyState.VERIFY_ONLY, KeyState.DISABLED, KeyState.DESTROYED)
        .map(
            state ->
                DynamicTest.dynamicTest(
                    "doesNotSign_byAReferenceFromBefore" + state,
                    () -> requireNoOutdatedSigning(harness(), state)));
  }

  private static void requireNoOutdatedSigning(BackendHarness harness, KeyState state) {
    Workbench.with(
        harness,
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersionRef before = key.ref(key.versions().get(0));
          bench.changeState(before, state);
          SigningInput input = bench.input(key.algorithm());
          bench.refuseOutdated(state, call -> bench.sign(before, input, call));
        });
  }

  @TestFactory
  default Stream<DynamicTest> returnsAndKeepsTheNewState() {
    return Stream.of(KeyState.VERIFY_ONLY, KeyState.DISABLED, KeyState.DESTROYED)
        .map(
            state ->
                DynamicTest.dynamicTest(
                    "returnsAndKeeps" + state, () -> requireStateKept(harness(), state)));
  }

  private static void requireStateKept(BackendHarness harness, KeyState state) {
    Workbench.with(
        harness,
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeyStateChanger changer = bench.capability(KeyStateChanger.class);
          KeySnapshot key = bench.create();
          KeyVersion version = key.versions().get(0);
          bench.changeState(key.ref(version), state);
          KeySnapshot repeated =
              bench.succeed(call -> changer.changeState(key.ref(version), state, call));
          assertThat(repeated.versions()).extracting(KeyVersion::state).containsExactly(state);
          assertThat(bench.load(key.name()).versions().get(0).state()).isEqualTo(state);
        });
  }

  @TestFactory
  default Stream<DynamicTest> signsAgain_whenMadeActiveAgain() {
    return Stream.of(KeyState.VERIFY_ONLY, KeyState.DISABLED)
        .map(
            state ->
                DynamicTest.dynamicTest(
                    "signsAgain_after" + state, () -> requireSigningAgain(harness(), state)));
  }

  private static void requireSigningAgain(BackendHarness harness, KeyState state) {
    Workbench.with(
        harness,
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.versions().get(0);
          bench.changeState(key.ref(version), state);
          KeySnapshot again = bench.changeState(key.ref(version), KeyState.ACTIVE);
          KeyVersionRef ref = again.ref(again.active().orElseThrow());
          SigningInput input = bench.input(key.algorithm());
          Verification.requireSigned(version, input, bench.sign(ref, input));
        });
  }

  @Test
  default void keepsThePublicKey_whenDisabled() {
    Workbench.with(
        harness(),
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.versions().get(0);
          KeySnapshot disabled = bench.changeState(key.ref(version), KeyState.DISABLED);
          assertThat(disabled.versions().get(0).publicKey()).isEqualTo(version.publicKey());
        });
  }

  @TestFactory
  default Stream<DynamicTest> neverLeavesDestroyed() {
    return Stream.of(KeyState.ACTIVE, KeyState.VERIFY_ONLY, KeyState.DISABLED)
        .map(
            target ->
                DynamicTest.dynamicTest(
                    "neverLeavesDestroyed_for" + target,
                    () -> requireDestroyedIsFinal(harness(), target)));
  }

  private static void requireDestroyedIsFinal(BackendHarness harness, KeyState target) {
    Workbench.with(
        harness,
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeyStateChanger changer = bench.capability(KeyStateChanger.class);
          KeySnapshot key = bench.create();
          KeyVersionRef version = key.ref(key.versions().get(0));
          bench.changeState(version, KeyState.DESTROYED);
          bench.refuse(
              FailureCode.INVALID_STATE, call -> changer.changeState(version, target, call));
        });
  }

  @Test
  default void refusesToChange_anUnknownVersion() {
    Workbench.with(
        harness(),
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeyStateChanger changer = bench.capability(KeyStateChanger.class);
          KeySnapshot key = bench.create();
          KeyVersionRef unknown = Unknown.versionOf(key);
          bench.refuse(
              FailureCode.NOT_FOUND, call -> changer.changeState(unknown, KeyState.DISABLED, call));
        });
  }

  @Test
  default void doesNotChangeOtherKeys() {
    Workbench.with(
        harness(),
        BackendTrait.CHANGES_STATE,
        bench -> {
          KeySnapshot untouched = bench.create();
          KeySnapshot key = bench.create();
          bench.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED);
          assertThat(bench.load(untouched.name())).isEqualTo(untouched);
        });
  }
}
