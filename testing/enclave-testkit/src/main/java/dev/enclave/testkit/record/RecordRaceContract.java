package dev.enclave.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import dev.enclave.testkit.internal.Racers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One record, and many threads of two instances that write it at once. */
public interface RecordRaceContract extends RecordStoreUnderTest {

  /** How many race. */
  int RACERS = 100;

  /** More often than others can come first. */
  int MOST_ATTEMPTS = 1_000;

  /** The record that a racer wrote; none if it was told that another came first. */
  private static Optional<StoredRecord> unless(FailureCode lost, Callable<StoredRecord> write)
      throws Exception {
    try {
      return Optional.of(write.call());
    } catch (BackendFailure e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(lost);
      return Optional.empty();
    }
  }

  private void requireOneWinner(KeyName name, List<Optional<StoredRecord>> results)
      throws Exception {
    List<StoredRecord> winners = results.stream().flatMap(Optional::stream).toList();
    assertThat(winners).as("those that were told they wrote").hasSize(1);
    try (RecordStore store = open()) {
      assertThat(store.find(name, call())).contains(winners.get(0));
    }
  }

  @Test
  default void letsOneOfManyCreatorsWin() throws Exception {
    KeyName name = freshName();
    try (RecordStore one = open();
        RecordStore other = open()) {
      List<Callable<Optional<StoredRecord>>> racers = new ArrayList<>();
      for (int i = 0; i < RACERS; i++) {
        RecordStore mine = i % 2 == 0 ? one : other;
        Bytes content = content("creator " + i);
        racers.add(
            () -> unless(FailureCode.ALREADY_EXISTS, () -> mine.create(name, content, call())));
      }
      requireOneWinner(name, Racers.race(racers));
    }
  }

  @Test
  default void letsOneOfManyReplacersOfARevisionWin() throws Exception {
    KeyName name = freshName();
    try (RecordStore one = open();
        RecordStore other = open()) {
      StoredRecord before = one.create(name, content("before"), call());
      List<Callable<Optional<StoredRecord>>> racers = new ArrayList<>();
      for (int i = 0; i < RACERS; i++) {
        RecordStore mine = i % 2 == 0 ? one : other;
        Bytes content = content("replacer " + i);
        racers.add(() -> unless(FailureCode.CONFLICT, () -> mine.replace(before, content, call())));
      }
      requireOneWinner(name, Racers.race(racers));
    }
  }

  @Test
  default void losesNoUpdate() throws Exception {
    int threads = 8;
    int each = 10;
    KeyName name = freshName();
    try (RecordStore one = open();
        RecordStore other = open()) {
      one.create(name, content("0"), call());
      List<Callable<Integer>> racers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        RecordStore mine = i % 2 == 0 ? one : other;
        racers.add(
            () -> {
              for (int n = 0; n < each; n++) {
                increment(mine, name);
              }
              return each;
            });
      }
      Racers.race(racers);
      assertThat(number(one.find(name, call()).orElseThrow())).isEqualTo(threads * each);
    }
  }

  private void increment(RecordStore store, KeyName name) throws Exception {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      StoredRecord current = store.find(name, call()).orElseThrow();
      Bytes next = content(Integer.toString(number(current) + 1));
      if (unless(FailureCode.CONFLICT, () -> store.replace(current, next, call())).isPresent()) {
        return;
      }
    }
    throw new AssertionError(
        "of what was read last, " + MOST_ATTEMPTS + " times in a row something else was there");
  }

  private static int number(StoredRecord record) {
    return Integer.parseInt(new String(record.content().toByteArray(), StandardCharsets.UTF_8));
  }

  @Test
  default void showsNoReaderAPart_norGoesBack() throws Exception {
    int writes = 40;
    KeyName name = freshName();
    try (RecordStore writing = open();
        RecordStore reading = open()) {
      StoredRecord first = writing.create(name, pattern(0), call());
      AtomicInteger written = new AtomicInteger();
      AtomicBoolean ended = new AtomicBoolean();
      List<Callable<Integer>> racers = new ArrayList<>();
      racers.add(
          () -> {
            StoredRecord current = first;
            try {
              for (int i = 1; i <= writes; i++) {
                current = writing.replace(current, pattern(i), call());
                written.set(i);
              }
            } finally {
              ended.set(true);
            }
            return writes;
          });
      for (int i = 0; i < 4; i++) {
        RecordStore mine = i % 2 == 0 ? writing : reading;
        racers.add(
            () -> {
              int reads = 0;
              while (!ended.get()) {
                int atLeast = written.get();
                Bytes found = mine.find(name, call()).orElseThrow().content();
                assertThat(found).isEqualTo(pattern(found.at(0)));
                assertThat((int) found.at(0)).isGreaterThanOrEqualTo(atLeast);
                reads++;
              }
              return reads;
            });
      }
      Racers.race(racers);
      assertThat(reading.find(name, call()).map(StoredRecord::content)).contains(pattern(writes));
    }
  }

  /** Of another length and other bytes for each number. */
  private static Bytes pattern(int number) {
    byte[] bytes = new byte[1 + (number * 7919) % 60_000];
    Arrays.fill(bytes, (byte) number);
    return Bytes.of(bytes);
  }
}
