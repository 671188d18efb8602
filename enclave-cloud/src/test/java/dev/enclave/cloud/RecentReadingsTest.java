package dev.enclave.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.cloud.RecentReadings.Reading;
import dev.enclave.testkit.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentReadingsTest {

  private static final RecentReadings.Id VERSION = new RecentReadings.Id(KeyName.of("wallet"), "1");

  private final MutableClock clock = new MutableClock();
  private final RecentReadings readings = new RecentReadings(clock);

  @Test
  void aReadingServesUntilItIsTooOld() {
    readings.note(VERSION, reading(KeyState.ACTIVE, readings.now()));
    clock.advance(RecentReadings.MAXIMUM_AGE);
    assertThat(readings.recent(VERSION)).map(Reading::state).contains(KeyState.ACTIVE);
    clock.advance(Duration.ofNanos(1));
    assertThat(readings.recent(VERSION)).isEmpty();
  }

  @Test
  void whatWasWrittenMeanwhileOutlivesAReadingThatBeganBefore() {
    long began = readings.now();
    clock.advance(Duration.ofMillis(5));
    readings.note(VERSION, reading(KeyState.VERIFY_ONLY, readings.now()));
    readings.note(VERSION, reading(KeyState.ACTIVE, began));
    assertThat(readings.recent(VERSION)).map(Reading::state).contains(KeyState.VERIFY_ONLY);
  }

  @Test
  void whatTheServiceContradictsIsForgotten() {
    readings.note(VERSION, reading(KeyState.ACTIVE, readings.now()));
    readings.forget(VERSION);
    assertThat(readings.recent(VERSION)).isEmpty();
  }

  private static Reading reading(KeyState state, long atNanos) {
    return new Reading(state, StampReading.of(EnvironmentType.PRODUCTION), atNanos);
  }
}
