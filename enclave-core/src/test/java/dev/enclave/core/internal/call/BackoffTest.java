package dev.enclave.core.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  @Property
  void everyPauseLiesUnderTheDoubledBaseAndTheCap(
      @ForAll @LongRange(min = 0, max = 3_600_000) long baseMillis,
      @ForAll @LongRange(min = 0, max = 3_600_000) long capMillis,
      @ForAll @IntRange(min = 1, max = 1000) int failed,
      @ForAll long seed) {
    Backoff policy = new Backoff(Duration.ofMillis(baseMillis), Duration.ofMillis(capMillis), 8);

    Duration pause = policy.pauseAfter(failed, new SplittableRandom(seed));

    assertThat(pause).isGreaterThanOrEqualTo(Duration.ZERO);
    assertThat(pause).isLessThanOrEqualTo(Duration.ofMillis(capMillis));
    double widest = baseMillis * 1e6 * Math.pow(2, Math.min(failed - 1, 30));
    assertThat((double) pause.toNanos()).isLessThanOrEqualTo(widest);
  }

  @Test
  void aLargeBaseDoesNotOverflowIntoNoPauseAtAll() {
    Backoff policy = new Backoff(Duration.ofHours(1), Duration.ofHours(2), 99);
    SplittableRandom random = new SplittableRandom(7);

    LongSummaryStatistics pauses =
        IntStream.range(0, 1000)
            .mapToLong(i -> policy.pauseAfter(40, random).toMinutes())
            .summaryStatistics();

    assertThat(pauses.getMax()).isBetween(110L, 120L);
  }

  @Test
  void jitterIsFull_fromNothingToTheWidest() {
    SplittableRandom random = new SplittableRandom(7);

    LongSummaryStatistics pauses =
        IntStream.range(0, 10_000)
            .mapToLong(i -> Backoff.DEFAULT.pauseAfter(4, random).toMillis())
            .summaryStatistics();

    assertThat(pauses.getMin()).isLessThan(5);
    assertThat(pauses.getMax()).isBetween(395L, 400L);
    assertThat(pauses.getAverage()).isBetween(190.0, 210.0);
  }
}
