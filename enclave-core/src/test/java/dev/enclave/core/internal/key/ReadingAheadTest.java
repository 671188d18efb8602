package dev.enclave.core.internal.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.support.HandTime;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** When a remote key is read, second by second; readings take no time unless a test holds them. */
final class ReadingAheadTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MAXIMUM = Duration.ofMinutes(10);

  private final HandTime time = new HandTime();
  private final ReadKey key = new ReadKey();
  private final Queue<Runnable> held = new ArrayDeque<>();

  private CachedKey slot(Executor threads) {
    return key.slot(time, ReadingAge.remote(MAXIMUM), new BackgroundReads(threads));
  }

  @Test
  void aKeyInUseIsReadTwiceInThreeMinutes() {
    CachedKey slot = slot(Runnable::run);
    assertThat(readingsIn(Duration.ofMinutes(30), slot)).isEqualTo(1 + 30 * 2 / 3 - 1);
  }

  /** How often it is read, used each second. */
  private int readingsIn(Duration duration, CachedKey slot) {
    int before = key.readings();
    for (Duration past = Duration.ZERO; past.compareTo(duration) < 0; past = past.plus(SECOND)) {
      use(slot);
      time.advance(SECOND);
    }
    return key.readings() - before;
  }

  private KeyReading use(CachedKey slot) {
    return slot.current(new CallTrace("use"), Deadline.in(Duration.ofSeconds(5), time));
  }

  @Test
  void inAnOutageOfReadsItIsReadFourTimesAMinute_howeverOftenItIsUsed() {
    CachedKey slot = slot(Runnable::run);
    use(slot);
    key.failing(throttled());
    time.advance(Duration.ofSeconds(90));
    assertThat(readingsIn(Duration.ofMinutes(1), slot)).isEqualTo(7);
    assertThat(readingsIn(Duration.ofMinutes(5), slot)).isEqualTo(5 * 4);
  }

  private static BackendFailure throttled() {
    return BackendFailure.throttled("Too many reads. Slow down.", Optional.of(MAXIMUM));
  }

  @Test
  void pausesTwiceAsLongAfterEachFailure_andNotAtAllAfterASuccess() {
    CachedKey slot = slot(Runnable::run);
    use(slot);
    time.advance(Duration.ofSeconds(90));
    key.failing(throttled());
    assertThat(secondsOfReadings(slot, 50)).containsExactly(0, 1, 3, 7, 15, 30, 45);
    key.answering();
    assertThat(secondsOfReadings(slot, 20)).containsExactly(10);
    key.failing(throttled());
    time.advance(Duration.ofSeconds(80));
    assertThat(secondsOfReadings(slot, 5)).containsExactly(0, 1, 3);
  }

  private List<Integer> secondsOfReadings(CachedKey slot, int seconds) {
    List<Integer> read = new ArrayList<>();
    for (int second = 0; second < seconds; second++) {
      int before = key.readings();
      use(slot);
      if (key.readings() > before) {
        read.add(second);
      }
      time.advance(SECOND);
    }
    return read;
  }

  @Test
  void oneReadingIsUnderWayAtATime() {
    CachedKey slot = slot(held::add);
    KeyReading first = use(slot);
    time.advance(Duration.ofSeconds(90));
    for (int second = 0; second < 20; second++) {
      assertThat(use(slot)).isSameAs(first);
      time.advance(SECOND);
    }
    assertThat(held).hasSize(1);
    held.remove().run();
    assertThat(use(slot)).isNotSameAs(first);
    assertThat(held).isEmpty();
    assertThat(key.readings()).isEqualTo(2);
  }

  @Test
  void anOldReadingServes_whileTheNextHangs_untilItsMaximumAge() {
    CachedKey slot = slot(held::add);
    KeyReading first = use(slot);
    time.advance(Duration.ofSeconds(118));
    use(slot);
    time.advance(Duration.ofSeconds(2));
    assertThat(use(slot)).isSameAs(first);
    time.advance(MAXIMUM.minusSeconds(121));
    assertThat(use(slot)).isSameAs(first);
    time.advance(SECOND);
    assertThat(use(slot)).isNotSameAs(first);
    assertThat(held).hasSize(1);
  }

  @Test
  void theAgeOfAReadingIsCountedFromItsBeginning() {
    CachedKey slot = slot(Runnable::run);
    key.taking(time, Duration.ofSeconds(4));
    use(slot);
    time.advance(Duration.ofSeconds(85));
    use(slot);
    assertThat(key.readings()).isEqualTo(1);
    time.advance(SECOND);
    use(slot);
    assertThat(key.readings()).isEqualTo(2);
  }

  @Test
  void aReadingThatIsRefusedEndsWhatWasReadBefore() {
    CachedKey slot = slot(Runnable::run);
    use(slot);
    key.failing(BackendFailure.permanent(FailureCode.ACCESS_DENIED, "Denied. Ask for it."));
    time.advance(Duration.ofSeconds(90));
    assertThatThrownBy(() -> use(slot))
        .isInstanceOfSatisfying(
            EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ACCESS_DENIED));
    key.answering();
    use(slot);
    assertThat(key.readings()).isEqualTo(4);
  }

  @Test
  void readsAFewKeysAtOnce_andTheOthersAfterThem() {
    BackgroundReads reads = new BackgroundReads(held::add);
    List<Integer> done = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      assertThat(reads.run(() -> done.add(number))).isTrue();
    }
    assertThat(held).hasSize(8);
    held.remove().run();
    assertThat(done).hasSize(100).isSorted();
    held.forEach(Runnable::run);
    held.clear();
    reads.run(() -> done.add(100));
    assertThat(held).hasSize(1);
  }

  @Test
  void readsNothingMore_onceItIsClosed() {
    BackgroundReads reads = new BackgroundReads(held::add);
    List<String> done = new ArrayList<>();
    reads.run(() -> done.add("waited"));
    reads.close();
    held.remove().run();
    assertThat(reads.run(() -> done.add("late"))).isFalse();
    assertThat(done).isEmpty();
    assertThat(held).isEmpty();
  }

  @Test
  void theAgesFollowTheMaximum() {
    assertThat(ReadingAge.remote(MAXIMUM))
        .isEqualTo(
            new ReadingAge(
                Duration.ofSeconds(90), Duration.ofSeconds(120), Duration.ofMinutes(10)));
    assertThat(ReadingAge.remote(Duration.ofMinutes(1)))
        .isEqualTo(
            new ReadingAge(Duration.ofSeconds(45), Duration.ofMinutes(1), Duration.ofMinutes(1)));
  }
}
