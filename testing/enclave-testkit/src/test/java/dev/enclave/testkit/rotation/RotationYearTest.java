package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A year of a fleet on bad days; {@code scripts/soak.sh} takes a thousand of them. */
@Tag("full")
class RotationYearTest {

  private static final int YEARS = Integer.getInteger("enclave.soak.rotation-years", 1);
  private static final long FIRST_SEED = Long.getLong("enclave.soak.rotation-seed", 1);

  @Test
  void everyKeyIsRotatedOnce_whenItIsDue_whateverHappensToTheReplicas() {
    int rotations = 0;
    int signatures = 0;
    int crashes = 0;
    int lost = 0;
    int ended = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + YEARS; seed++) {
      SimulatedYear year = new SimulatedYear(seed);
      year.run();
      rotations += year.rotations;
      signatures += year.signatures;
      crashes += year.crashes;
      lost += year.lost;
      ended += year.ended;
    }
    System.out.printf(
        "rotation years: seeds %d to %d, %d rotations on time, %d versions destroyed on time,"
            + " %d signatures verified, %d crashes, %d answers lost%n",
        FIRST_SEED, FIRST_SEED + YEARS - 1, rotations, ended, signatures, crashes, lost);
    assertThat(crashes).isPositive();
    assertThat(lost).isPositive();
  }
}
