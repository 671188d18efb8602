package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Workbench;
import org.junit.jupiter.api.Test;

/** Keys carry the environment type they were made in, or never claim one. */
public interface StampContract extends BackendUnderTest {

  @Test
  default void stampsAKey_whenItIsCreated() {
    BackendHarness harness = harness();
    Workbench.with(
        harness, bench -> assertThat(bench.create().stamp()).isEqualTo(expectedStamp(harness)));
  }

  @Test
  default void readsTheStampBack() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench -> {
          KeySnapshot key = bench.create();
          assertThat(bench.load(key.name()).stamp()).isEqualTo(expectedStamp(harness));
        });
  }

  @Test
  default void keepsTheStamp_whenRotated() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        BackendTrait.ROTATES,
        bench ->
            assertThat(bench.rotate(bench.create()).stamp()).isEqualTo(expectedStamp(harness)));
  }

  private static StampReading expectedStamp(BackendHarness harness) {
    return harness.expects(BackendTrait.STAMPS)
        ? StampReading.of(harness.environment())
        : StampReading.none();
  }
}
