package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Workbench;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often a key is due for rotation can be changed, and stays with the key from then on. */
public interface IntervalContract extends BackendUnderTest {

  /** Of every kind, none of them what {@link Workbench#request} asks for. */
  List<RotationInterval> INTERVALS =
      List.of(
          RotationInterval.every(Duration.ofDays(90)),
          RotationInterval.NEVER,
          RotationInterval.every(Duration.ofHours(36)),
          RotationInterval.POLICY);

  @Test
  default void changesTheInterval_andNothingElse() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          for (RotationInterval interval : INTERVALS) {
            assertThat(bench.changeInterval(key.name(), interval))
                .isEqualTo(key.withRotation(interval));
            assertThat(bench.load(key.name())).isEqualTo(key.withRotation(interval));
          }
        });
  }

  @Test
  default void keepsAChangedInterval_overReopening() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.PERSISTENT),
        bench -> {
          KeySnapshot key = bench.create();
          KeySnapshot changed = bench.changeInterval(key.name(), INTERVALS.get(0));
          bench.backend().close();
          Workbench.with(
              harness, reopened -> assertThat(reopened.load(key.name())).isEqualTo(changed));
        });
  }

  @Test
  default void keepsTheInterval_whenTheSameChangeIsRepeated() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeyName name = bench.create().name();
          KeySnapshot once = bench.changeInterval(name, INTERVALS.get(0));
          assertThat(bench.changeInterval(name, INTERVALS.get(0))).isEqualTo(once);
          assertThat(bench.load(name)).isEqualTo(once);
        });
  }

  @Test
  default void keepsAChangedInterval_onceRotated() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          KeySnapshot rotated = bench.rotate(bench.changeInterval(key.name(), INTERVALS.get(0)));
          assertThat(rotated.rotation()).isEqualTo(INTERVALS.get(0));
          assertThat(bench.load(key.name())).isEqualTo(rotated);
        });
  }

  @Test
  default void keepsAChangedInterval_whenTheVersionItWasMadeWithIsDestroyed() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot key = bench.create();
          KeySnapshot rotated = bench.rotate(bench.changeInterval(key.name(), INTERVALS.get(0)));
          bench.changeState(rotated.ref(rotated.versions().get(0)), KeyState.DESTROYED);
          assertThat(bench.load(key.name()).rotation()).isEqualTo(INTERVALS.get(0));
        });
  }

  @Test
  default void changesTheInterval_whenTheFirstVersionIsDestroyed() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot rotated = bench.rotate(bench.create());
          KeySnapshot destroyed =
              bench.changeState(rotated.ref(rotated.versions().get(0)), KeyState.DESTROYED);
          KeySnapshot changed = bench.changeInterval(rotated.name(), INTERVALS.get(0));
          assertThat(changed).isEqualTo(destroyed.withRotation(INTERVALS.get(0)));
          assertThat(bench.load(rotated.name())).isEqualTo(changed);
          assertThat(bench.rotate(changed).rotation()).isEqualTo(INTERVALS.get(0));
        });
  }

  @Test
  default void changesTheInterval_ofAKeyWithoutAnActiveVersion() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot key = bench.create();
          KeySnapshot disabled =
              bench.changeState(key.ref(key.versions().get(0)), KeyState.DISABLED);
          assertThat(bench.changeInterval(key.name(), INTERVALS.get(0)))
              .isEqualTo(disabled.withRotation(INTERVALS.get(0)));
        });
  }

  @Test
  default void changesTheInterval_betweenTheStepsOfARotation() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest request = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion next = bench.prepare(request);
          KeySnapshot changed = bench.changeInterval(key.name(), INTERVALS.get(0));
          assertThat(changed.version(next.id())).contains(next);
          KeySnapshot activated = bench.activate(request, next);
          assertThat(activated.rotation()).isEqualTo(INTERVALS.get(0));
          assertThat(bench.prepare(request).id()).isEqualTo(next.id());
        });
  }

  @Test
  default void changesNoOtherKeysInterval() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot untouched = bench.create();
          bench.changeInterval(bench.create().name(), INTERVALS.get(0));
          assertThat(bench.load(untouched.name())).isEqualTo(untouched);
        });
  }

  @Test
  default void refusesToChangeTheInterval_ofAnUnknownKey() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeyRotator rotator = bench.capability(KeyRotator.class);
          KeyName unknown = bench.freshName();
          bench.refuse(
              FailureCode.NOT_FOUND,
              call -> rotator.changeInterval(unknown, INTERVALS.get(0), call));
        });
  }
}
