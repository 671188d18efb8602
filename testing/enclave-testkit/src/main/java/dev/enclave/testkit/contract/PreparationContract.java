package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SigningInput;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** The first step of a rotation makes one version that is not in use yet. */
public interface PreparationContract extends BackendUnderTest {

  @Test
  default void prepares_onePendingVersionWithItsPublicKey() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion next = bench.prepare(bench.rotateRequest(key, KeyState.VERIFY_ONLY));
          assertThat(next.state()).isEqualTo(KeyState.PENDING);
          assertThat(next.publicKey()).isPresent().isNotEqualTo(key.versions().get(0).publicKey());
          KeySnapshot loaded = bench.load(key.name());
          assertThat(loaded.versions()).containsExactly(key.versions().get(0), next);
        });
  }

  @Test
  default void preparesNoSecondVersion_whenRepeated() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest request = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion next = bench.prepare(request);
          assertThat(bench.prepare(request)).isEqualTo(next);
          assertThat(bench.load(key.name()).versions()).hasSize(2);
        });
  }

  @Test
  default void remembersWhichVersionAnOperationPrepared_whenAnotherPreparedSince() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest mine = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion first = bench.prepare(mine);
          KeyVersion other = bench.prepare(bench.rotateRequest(key, KeyState.VERIFY_ONLY));
          assertThat(other.id()).isNotEqualTo(first.id());
          assertThat(bench.prepare(mine)).isEqualTo(first);
        });
  }

  @Test
  default void tellsWhatAnOperationPrepared_andMakesNothing() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest mine = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          assertThat(bench.prepared(mine)).isEmpty();
          KeyVersion other = bench.prepare(bench.rotateRequest(key, KeyState.VERIFY_ONLY));
          assertThat(bench.prepared(mine)).isEmpty();
          KeyVersion next = bench.prepare(mine);
          assertThat(bench.prepared(mine)).contains(next);
          // Versions of one second have no order everywhere.
          assertThat(bench.load(key.name()).versions())
              .containsExactlyInAnyOrder(key.versions().get(0), other, next);
          bench.activate(mine, next);
          assertThat(bench.prepared(mine))
              .get()
              .returns(next.id(), KeyVersion::id)
              .returns(KeyState.ACTIVE, KeyVersion::state);
        });
  }

  @Test
  default void preparesNoSecondVersion_whenAnotherProcessRepeatsIt() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.PERSISTENT),
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest request = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion next = bench.prepare(request);
          bench.backend().close();
          Workbench.with(
              harness,
              another -> {
                assertThat(another.prepared(request)).contains(next);
                assertThat(another.prepare(request)).isEqualTo(next);
                assertThat(another.load(key.name()).versions()).hasSize(2);
                assertThat(another.activate(request, next).active().map(KeyVersion::id))
                    .contains(next.id());
              });
        });
  }

  @Test
  default void preparesNothing_whenAnotherProcessRepeatsARotationThatIsDone() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.PERSISTENT),
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest request = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion next = bench.prepare(request);
          bench.activate(request, next);
          KeySnapshot later = bench.rotate(bench.load(key.name()));
          bench.backend().close();
          Workbench.with(
              harness,
              another -> {
                assertThat(another.prepare(request).id()).isEqualTo(next.id());
                KeyRotator rotator = another.capability(KeyRotator.class);
                KeySnapshot repeated =
                    another.succeed(
                        request.operationId(), call -> rotator.activate(request, next.id(), call));
                assertThat(repeated).isEqualTo(later);
              });
        });
  }

  @Test
  default void doesNotSignWithAPendingVersion() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion next = bench.prepare(bench.rotateRequest(key, KeyState.VERIFY_ONLY));
          SigningInput input = bench.input(key.algorithm());
          bench.refuse(FailureCode.INVALID_STATE, call -> bench.sign(key.ref(next), input, call));
          KeyVersionRef active =
              KeyVersionRef.of(
                  key.name(),
                  next.id(),
                  key.algorithm(),
                  KeyState.ACTIVE,
                  key.stamp(),
                  next.providerUri());
          bench.refuseOutdated(KeyState.PENDING, call -> bench.sign(active, input, call));
        });
  }

  @Test
  default void signsWithTheOldVersion_untilActivated() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion old = key.active().orElseThrow();
          bench.prepare(bench.rotateRequest(key, KeyState.VERIFY_ONLY));
          SigningInput input = bench.input(key.algorithm());
          Verification.requireSigned(old, input, bench.sign(key.ref(old), input));
        });
  }

  @Test
  default void refusesToPrepare_whenAnotherVersionIsActive() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          KeySnapshot rotated = bench.rotate(key);
          KeyRotator rotator = bench.capability(KeyRotator.class);
          RotateRequest stale = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          bench.refuse(FailureCode.CONFLICT, call -> rotator.prepare(stale, call));
          assertThat(bench.load(key.name())).isEqualTo(rotated);
        });
  }

  @Test
  default void refusesToRotate_anUnknownKey() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          KeyRotator rotator = bench.capability(KeyRotator.class);
          RotateRequest request =
              RotateRequest.of(
                  bench.freshName(),
                  key.versions().get(0).id(),
                  bench.freshId(),
                  KeyState.VERIFY_ONLY);
          bench.refuse(FailureCode.NOT_FOUND, call -> rotator.prepared(request, call));
          bench.refuse(FailureCode.NOT_FOUND, call -> rotator.prepare(request, call));
        });
  }
}
