package dev.enclave.kit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.testkit.record.InMemoryRecords.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often the key-encryption key is asked, and what is kept of its answers. */
class RecordDataKeyTest {

  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private final Records records = new Records();

  private static BackendFailure denied() {
    return BackendFailure.permanent(FailureCode.ACCESS_DENIED, "The role may not decrypt.");
  }

  private static BackendFailure down() {
    return BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "No connection.");
  }

  private static <T> List<T> race(int threads, Callable<T> task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : pool.invokeAll(Collections.nCopies(threads, task))) {
        results.add(result.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void asksOnceForEachKey_howeverManySignaturesThereAre() throws Exception {
    List<KeySnapshot> keys = new ArrayList<>();
    try (RecordBackend creator = records.remote(LIFETIME)) {
      for (int i = 0; i < 100; i++) {
        keys.add(records.create(creator, KeyName.of("wallet-" + i)));
      }
    }
    records.kms.unwraps.set(0);
    AtomicInteger finds = new AtomicInteger();
    records.stored.asking(
        (operation, name, done) -> {
          if (operation == Operation.FIND && !done) {
            finds.incrementAndGet();
          }
        });
    try (RecordBackend signer = records.remote(LIFETIME)) {
      for (int i = 0; i < 10_000; i++) {
        records.sign(signer, keys.get(i % 100));
      }
    }
    assertThat(records.kms.unwraps).hasValue(100);
    assertThat(finds).hasValue(100);
  }

  @Test
  void asksOnce_whenManyThreadsFirstUseAKey() throws Exception {
    KeySnapshot key;
    try (RecordBackend creator = records.remote(LIFETIME)) {
      key = records.create(creator, Records.NAME);
    }
    records.kms.unwraps.set(0);
    try (RecordBackend signer = records.remote(LIFETIME)) {
      race(
          100,
          () -> {
            records.sign(signer, key);
            return true;
          });
    }
    assertThat(records.kms.unwraps).hasValue(1);
  }

  @Test
  @Timeout(300)
  void saysThatOtherKeysHadTheirTurn_whereAKeyHadNone() throws Exception {
    List<KeySnapshot> keys = new ArrayList<>();
    try (RecordBackend creator = records.remote(LIFETIME)) {
      for (int i = 0; i < 9; i++) {
        keys.add(records.create(creator, KeyName.of("wallet-" + i)));
      }
    }
    CountDownLatch asked = new CountDownLatch(8);
    CountDownLatch answer = new CountDownLatch(1);
    records.kms.during(
        () -> {
          asked.countDown();
          await(answer);
        });
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (RecordBackend signer = records.remote(LIFETIME)) {
      List<Future<Void>> others = new ArrayList<>();
      for (KeySnapshot key : keys.subList(0, 8)) {
        others.add(
            pool.submit(
                () -> {
                  records.sign(signer, key);
                  return null;
                }));
      }
      asked.await();
      CallContext brief =
          CallContext.of(
              "call", 1, Deadline.in(Duration.ofMillis(5), records.clock), records.clock);
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class,
              () -> signer.sign(Records.active(keys.get(8)), Message.ofUtf8("pay"), brief));
      assertThat(failure.code()).isEqualTo(FailureCode.LOCAL_LOAD);
      assertThat(failure).hasMessageContaining("8 are at a time");
      answer.countDown();
      for (Future<Void> other : others) {
        other.get();
      }
    } finally {
      answer.countDown();
      pool.shutdownNow();
    }
  }

  @Test
  @Timeout(300)
  void tellsAllThatWaited_whenTheOneRequestFails() throws Exception {
    KeySnapshot key;
    try (RecordBackend creator = records.remote(LIFETIME)) {
      key = records.create(creator, Records.NAME);
    }
    records.kms.unwraps.set(0);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    records.kms.failWith(down());
    records.kms.during(
        () -> {
          asked.countDown();
          await(answer);
        });
    List<Thread> threads = new ArrayList<>();
    ExecutorService pool =
        Executors.newFixedThreadPool(
            10,
            task -> {
              Thread thread = new Thread(task);
              threads.add(thread);
              return thread;
            });
    try (RecordBackend signer = records.remote(LIFETIME)) {
      List<Future<FailureCode>> failures = new ArrayList<>();
      failures.add(pool.submit(() -> failureOf(signer, key)));
      asked.await();
      for (int i = 0; i < 9; i++) {
        failures.add(pool.submit(() -> failureOf(signer, key)));
      }
      for (Thread thread : threads.subList(1, 10)) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      }
      answer.countDown();
      for (Future<FailureCode> failure : failures) {
        assertThat(failure.get()).isEqualTo(FailureCode.UNAVAILABLE);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(records.kms.unwraps).hasValue(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private FailureCode failureOf(RecordBackend signer, KeySnapshot key) {
    return catchThrowableOfType(BackendFailure.class, () -> records.sign(signer, key)).code();
  }

  @Test
  @Timeout(300)
  void asksForEightKeysAtOnce_atMost() throws Exception {
    List<KeySnapshot> keys = new ArrayList<>();
    try (RecordBackend creator = records.remote(LIFETIME)) {
      for (int i = 0; i < 20; i++) {
        keys.add(records.create(creator, KeyName.of("wallet-" + i)));
      }
    }
    CountDownLatch eight = new CountDownLatch(8);
    records.kms.mostAtOnce.set(0);
    records.kms.during(
        () -> {
          eight.countDown();
          await(eight);
        });
    AtomicInteger next = new AtomicInteger();
    try (RecordBackend signer = records.remote(LIFETIME)) {
      race(
          20,
          () -> {
            records.sign(signer, keys.get(next.getAndIncrement()));
            return true;
          });
    }
    assertThat(records.kms.mostAtOnce).hasValue(8);
  }

  @Test
  void asksAgain_onceTheLifetimeIsOver() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      KeySnapshot key = records.create(backend, Records.NAME);
      records.kms.unwraps.set(0);
      records.sign(backend, key);
      records.clock.advance(LIFETIME.minusSeconds(1));
      records.sign(backend, key);
      assertThat(records.kms.unwraps).hasValue(0);
      records.clock.advance(Duration.ofSeconds(1));
      records.sign(backend, key);
      records.sign(backend, key);
      assertThat(records.kms.unwraps).hasValue(1);
    }
  }

  @Test
  void endsTheUseOfAKey_whenThePermissionIsGoneAndTheLifetimeOver() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      KeySnapshot key = records.create(backend, Records.NAME);
      records.sign(backend, key);
      records.kms.failWith(denied());
      records.sign(backend, key);
      records.clock.advance(LIFETIME);
      assertThat(failureOf(backend, key)).isEqualTo(FailureCode.ACCESS_DENIED);
      records.clock.advance(Duration.ofHours(1));
      assertThat(failureOf(backend, key)).isEqualTo(FailureCode.ACCESS_DENIED);
      records.kms.recover();
      records.sign(backend, key);
    }
  }

  @Test
  void goesOnSigning_whileStoreAndKeyServiceAreDown() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      KeySnapshot key = records.create(backend, Records.NAME);
      records.sign(backend, key);
      records.kms.failWith(down());
      records.stored.asking(
          (operation, name, done) -> {
            throw down();
          });
      records.clock.advance(LIFETIME.minusSeconds(1));
      records.sign(backend, key);
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class, () -> backend.load(Records.NAME, records.call()))
                  .code())
          .isEqualTo(FailureCode.UNAVAILABLE);
      records.sign(backend, key);
      records.clock.advance(Duration.ofSeconds(1));
      assertThat(failureOf(backend, key)).isEqualTo(FailureCode.UNAVAILABLE);
    }
  }

  @Test
  void asksNothing_whenAnotherProcessOnlyChangedAState() throws Exception {
    try (RecordBackend one = records.remote(LIFETIME);
        RecordBackend other = records.remote(LIFETIME)) {
      KeySnapshot key = records.rotated(one, Records.NAME);
      records.sign(one, key);
      records.sign(other, key);
      records.kms.unwraps.set(0);
      other.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, records.call());
      one.load(Records.NAME, records.call());
      records.sign(one, key);
      assertThat(records.kms.unwraps).hasValue(0);
    }
  }

  @Test
  void asksOnce_whenAnotherProcessRotated() throws Exception {
    try (RecordBackend one = records.remote(LIFETIME);
        RecordBackend other = records.remote(LIFETIME)) {
      records.create(one, Records.NAME);
      records.rotate(other, Records.NAME, "1", "rotate");
      records.kms.unwraps.set(0);
      KeySnapshot rotated = one.load(Records.NAME, records.call());
      records.sign(one, rotated);
      assertThat(records.kms.unwraps).hasValue(1);
    }
  }

  @Test
  void writesNothing_whenTheKeyServiceDoesNotOpenWhatItWrapped() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      AtomicInteger asked = new AtomicInteger();
      records.kms.during(
          () -> {
            if (asked.incrementAndGet() == 1) {
              records.kms.failWith(denied());
            }
          });
      assertThat(
              catchThrowableOfType(
                      BackendFailure.class, () -> records.create(backend, Records.NAME))
                  .code())
          .isEqualTo(FailureCode.ACCESS_DENIED);
      assertThat(records.stored.content(Records.NAME)).isEmpty();
    }
  }

  @Test
  void waitsNoLongerThanTheDeadline_forAnotherThreadsRequest() throws Exception {
    KeySnapshot key;
    try (RecordBackend creator = records.remote(LIFETIME)) {
      key = records.create(creator, Records.NAME);
    }
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    records.kms.during(
        () -> {
          asked.countDown();
          await(answer);
        });
    try (RecordBackend signer = records.remote(LIFETIME)) {
      ExecutorService pool = Executors.newSingleThreadExecutor();
      Future<Boolean> first =
          pool.submit(
              () -> {
                records.sign(signer, key);
                return true;
              });
      asked.await();
      CallContext brief =
          CallContext.of(
              "brief", 1, Deadline.in(Duration.ofMillis(20), records.clock), records.clock);
      BackendFailure late =
          catchThrowableOfType(
              BackendFailure.class,
              () -> signer.sign(Records.active(key), Message.ofUtf8("hello"), brief));
      assertThat(late.code()).isEqualTo(FailureCode.TIMEOUT);
      answer.countDown();
      assertThat(first.get(1, TimeUnit.MINUTES)).isTrue();
      pool.shutdownNow();
    }
  }

  @Test
  void findsAKeyThatWasAskedForBeforeItWasMade() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME);
        RecordBackend other = records.remote(LIFETIME)) {
      KeySnapshot unknown = records.create(other, KeyName.of("unknown"));
      records.stored.remove(KeyName.of("unknown"));
      for (int i = 0; i < 2; i++) {
        assertThat(failureOf(backend, unknown)).isEqualTo(FailureCode.NOT_FOUND);
        assertThat(
                catchThrowableOfType(
                        BackendFailure.class,
                        () -> backend.load(KeyName.of("unknown"), records.call()))
                    .code())
            .isEqualTo(FailureCode.NOT_FOUND);
      }
      records.sign(backend, records.create(backend, KeyName.of("unknown")));
    }
  }

  @Test
  void overwritesWhatHasExpired_whicheverKeyIsAskedForNext() throws Exception {
    KeySnapshot key;
    try (RecordBackend creator = records.remote(LIFETIME)) {
      key = records.create(creator, Records.NAME);
    }
    try (KeyRecords held =
        new KeyRecords(
            records.stored.remote(),
            records.kms.kek(LIFETIME),
            records.context(EnvironmentType.LOCAL))) {
      Reading reading = held.use(Records.NAME, records.call());
      LocalKey privateKey = held.privateKey(reading, reading.manifest().versions().get(0));
      privateKey.sign(Message.ofUtf8("hello"));
      records.clock.advance(LIFETIME.minusSeconds(1));
      held.overwriteExpired();
      privateKey.sign(Message.ofUtf8("hello"));
      records.clock.advance(LIFETIME);
      held.overwriteExpired();
      assertThat(reading.key().isClosed()).isTrue();
      assertThatThrownBy(() -> privateKey.sign(Message.ofUtf8("hello")))
          .isInstanceOfSatisfying(
              EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }
    assertThat(key.active()).isPresent();
  }

  @Test
  void overwritesEverything_onceClosed() throws Exception {
    records.create(records.remote(LIFETIME), Records.NAME);
    KeyRecords held =
        new KeyRecords(
            records.stored.remote(),
            records.kms.kek(LIFETIME),
            records.context(EnvironmentType.LOCAL));
    Reading reading = held.use(Records.NAME, records.call());
    LocalKey privateKey = held.privateKey(reading, reading.manifest().versions().get(0));
    held.close();
    assertThat(reading.key().isClosed()).isTrue();
    assertThatThrownBy(() -> privateKey.sign(Message.ofUtf8("hello")))
        .isInstanceOf(EnclaveException.class);
  }
}
