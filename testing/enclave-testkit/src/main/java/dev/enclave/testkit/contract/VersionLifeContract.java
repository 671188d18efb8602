package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.internal.SteppedTime;
import dev.enclave.testkit.internal.bench.Workbench;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/**
 * A version may be published long before it is active, and tells when it became that: what is to
 * happen a while after it was replaced goes by it.
 */
public interface VersionLifeContract extends BackendUnderTest {

  /** Longer than anybody publishes ahead. */
  Duration MONTHS = Duration.ofDays(100);

  /** Versions are dated to the second. */
  Duration DATED_TO = Duration.ofSeconds(1);

  @Test
  default void tellsWhenAVersionBecameActive_notBeforeItWasMade() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest request = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion next = bench.prepare(request);
          assertThat(next.activatedAt()).isEmpty();
          bench.activate(request, next);
          KeyVersion active = bench.load(key.name()).active().orElseThrow();
          assertThat(active.activatedAt()).isPresent();
          assertThat(active.activatedAt().get()).isAfterOrEqualTo(next.createdAt().minus(DATED_TO));
        });
  }

  @Test
  default void stillTellsWhenAVersionBecameActive_onceItIsReplacedAndSwitchedOff() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.ROTATES, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot first = bench.create();
          KeyVersion second = bench.rotate(first).active().orElseThrow();
          Instant secondAt = bench.load(first.name()).active().orElseThrow().activatedAt().get();
          bench.rotate(bench.load(first.name()));
          KeySnapshot rotated = bench.load(first.name());
          bench.changeState(
              rotated.ref(rotated.version(second.id()).orElseThrow()), KeyState.DISABLED);
          KeySnapshot read = bench.load(first.name());
          assertThat(read.version(second.id()).orElseThrow().activatedAt()).contains(secondAt);
          assertThat(read.active().orElseThrow().activatedAt().orElseThrow())
              .isAfterOrEqualTo(secondAt);
        });
  }

  @Test
  default void keepsAPreparedVersionForMonths_andActivatesItThen() {
    Workbench.with(
        harness(),
        BackendTrait.ROTATES,
        bench -> {
          KeySnapshot key = bench.create();
          RotateRequest request = bench.rotateRequest(key, KeyState.VERIFY_ONLY);
          KeyVersion next = bench.prepare(request);
          KeyRotator rotator = bench.capability(KeyRotator.class);
          KeyVersion again =
              bench.succeed(
                  request.operationId(),
                  call -> rotator.prepare(request, SteppedTime.of(call, MONTHS)));
          assertThat(again).isEqualTo(next);
          KeySnapshot waiting =
              bench.succeed(call -> bench.load(key.name(), SteppedTime.of(call, MONTHS)));
          assertThat(waiting.versions()).containsExactly(key.versions().get(0), next);
          KeySnapshot activated =
              bench.succeed(
                  request.operationId(),
                  call -> rotator.activate(request, next.id(), SteppedTime.of(call, MONTHS)));
          assertThat(activated.active().map(KeyVersion::id)).contains(next.id());
        });
  }
}
