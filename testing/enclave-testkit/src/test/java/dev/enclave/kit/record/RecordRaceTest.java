package dev.enclave.kit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.testkit.record.InMemoryRecords.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Several processes change a key at once, or a write's answer is lost. */
class RecordRaceTest {

  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private final Records records = new Records();

  private static RotateRequest rotation(String from, String operationId) {
    return RotateRequest.of(Records.NAME, KeyVersionId.of(from), operationId, KeyState.VERIFY_ONLY);
  }

  /** What each of the tasks came to: its value, or the code of its failure. */
  private static List<Object> race(List<Callable<Object>> tasks) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Object> ends = new ArrayList<>();
      for (Future<Object> end :
          pool.invokeAll(tasks.stream().<Callable<Object>>map(task -> () -> end(task)).toList())) {
        ends.add(end.get());
      }
      return ends;
    } finally {
      pool.shutdownNow();
    }
  }

  private static Object end(Callable<Object> task) throws Exception {
    try {
      return task.call();
    } catch (BackendFailure e) {
      return e.code();
    }
  }

  @Test
  void makesOneKey_whenProcessesRaceForAName() throws Exception {
    List<RecordBackend> processes = new ArrayList<>();
    List<Callable<Object>> creations = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      RecordBackend process = i % 2 == 0 ? records.remote(LIFETIME) : records.local();
      processes.add(process);
      String operation = "create-" + i;
      creations.add(() -> process.create(Records.request(Records.NAME, operation), records.call()));
    }
    List<Object> ends = race(creations);
    assertThat(ends).filteredOn(KeySnapshot.class::isInstance).hasSize(1);
    assertThat(ends)
        .filteredOn(FailureCode.class::isInstance)
        .hasSize(19)
        .containsOnly(FailureCode.ALREADY_EXISTS);
    for (RecordBackend process : processes) {
      assertThat((Object) process.load(Records.NAME, records.call())).isIn(ends);
      process.close();
    }
  }

  @Test
  void losesNoChange_whenProcessesChangeDifferentThingsOfAKey() throws Exception {
    try (RecordBackend one = records.remote(LIFETIME);
        RecordBackend other = records.local()) {
      KeySnapshot key = records.rotated(one, Records.NAME);
      List<Callable<Object>> changes = new ArrayList<>();
      changes.add(
          () -> one.changeState(key.ref(key.versions().get(0)), KeyState.DISABLED, records.call()));
      RotationInterval interval = RotationInterval.every(Duration.ofDays(30));
      changes.add(() -> other.changeInterval(Records.NAME, interval, records.call()));
      for (int i = 0; i < 6; i++) {
        RecordBackend process = i % 2 == 0 ? one : other;
        String operation = "prepare-" + i;
        changes.add(() -> process.prepare(rotation("2", operation), records.call()));
      }
      assertThat(race(changes)).noneMatch(FailureCode.class::isInstance);
      KeySnapshot after = one.load(Records.NAME, records.call());
      assertThat(after).isEqualTo(other.load(Records.NAME, records.call()));
      assertThat(after.rotation()).isEqualTo(interval);
      assertThat(after.versions().get(0).state()).isEqualTo(KeyState.DISABLED);
      assertThat(after.versions()).hasSize(8);
      assertThat(after.versions().stream().map(KeyVersion::id).distinct()).hasSize(8);
    }
  }

  @Test
  void activatesOneVersion_whenRotatorsRace() throws Exception {
    try (RecordBackend one = records.remote(LIFETIME);
        RecordBackend other = records.local()) {
      records.create(one, Records.NAME);
      List<Callable<Object>> rotations = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        RecordBackend process = i % 2 == 0 ? one : other;
        String operation = "rotate-" + i;
        rotations.add(() -> records.rotate(process, Records.NAME, "1", operation));
      }
      List<Object> ends = race(rotations);
      assertThat(ends).filteredOn(KeySnapshot.class::isInstance).hasSize(1);
      assertThat(ends).filteredOn(FailureCode.class::isInstance).containsOnly(FailureCode.CONFLICT);
    }
  }

  @Test
  void repeatsAChange_whenAnotherProcessComesFirst_andGeneratesNothingAgain() throws Exception {
    try (RecordBackend one = records.local();
        RecordBackend other = records.local()) {
      KeySnapshot key = records.rotated(one, Records.NAME);
      AtomicInteger replacements = new AtomicInteger();
      records.stored.asking(
          (operation, name, done) -> {
            if (operation == Operation.REPLACE && !done && replacements.incrementAndGet() == 1) {
              other.changeState(key.ref(key.versions().get(0)), KeyState.DISABLED, records.call());
            }
          });
      records.kms.wraps.set(0);
      one.prepare(rotation("2", "prepare"), records.call());
      assertThat(replacements).hasValue(3);
      assertThat(records.kms.wraps).hasValue(1);
      KeySnapshot after = other.load(Records.NAME, records.call());
      assertThat(after.versions()).hasSize(3);
      assertThat(after.versions().get(0).state()).isEqualTo(KeyState.DISABLED);
    }
  }

  @Test
  void readsWhatThreadsOfItsOwnProcessChange_howeverOftenTheyComeFirst() throws Exception {
    try (RecordBackend one = records.local();
        RecordBackend other = records.local()) {
      records.create(one, Records.NAME);
      other.changeInterval(Records.NAME, days(100), records.call());
      Thread reader = Thread.currentThread();
      AtomicInteger changes = new AtomicInteger();
      ExecutorService writer = Executors.newSingleThreadExecutor();
      try {
        records.stored.asking(
            (operation, name, done) -> {
              if (operation == Operation.FIND
                  && done
                  && Thread.currentThread() == reader
                  && changes.get() < 5) {
                RotationInterval interval = days(changes.incrementAndGet());
                await(
                    writer.submit(
                        () -> one.changeInterval(Records.NAME, interval, records.call())));
              }
            });
        assertThat(one.load(Records.NAME, records.call()).rotation()).isEqualTo(days(5));
      } finally {
        writer.shutdownNow();
      }
      assertThat(changes).hasValue(5);
    }
  }

  private static void await(Future<?> done) {
    try {
      done.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static RotationInterval days(int days) {
    return RotationInterval.every(Duration.ofDays(days));
  }

  @Test
  void givesUpAtTheDeadline_whenOthersAlwaysComeFirst() throws Exception {
    try (RecordBackend one = records.local()) {
      records.create(one, Records.NAME);
      records.stored.asking(
          (operation, name, done) -> {
            if (operation == Operation.REPLACE && !done) {
              records.stored.put(name, records.stored.content(name).orElseThrow());
              records.clock.advance(Duration.ofMinutes(1));
            }
          });
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class,
              () -> one.changeInterval(Records.NAME, RotationInterval.NEVER, records.call()));
      assertThat(failure.code()).isEqualTo(FailureCode.LOCAL_LOAD);
      assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    }
  }

  /** Carries every write out and loses its answer, once. */
  private void loseOneAnswer(Operation lost) {
    AtomicInteger answers = new AtomicInteger();
    records.stored.asking(
        (operation, name, done) -> {
          if (operation == lost && done && answers.getAndIncrement() == 0) {
            throw BackendFailure.ambiguous(FailureCode.UNAVAILABLE, "The answer was lost.");
          }
        });
  }

  private static FailureClass classOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(BackendFailure.class, call).failureClass();
  }

  @Test
  void makesNoSecondKey_whenACreationIsRepeated() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      loseOneAnswer(Operation.CREATE);
      assertThat(classOf(() -> records.create(backend, Records.NAME)))
          .isEqualTo(FailureClass.AMBIGUOUS);
      KeySnapshot key = records.create(backend, Records.NAME);
      records.sign(backend, key);
      assertThat(key.versions()).hasSize(1);
    }
  }

  @Test
  void preparesNoSecondVersion_whenItIsRepeated() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      records.create(backend, Records.NAME);
      loseOneAnswer(Operation.REPLACE);
      assertThat(classOf(() -> backend.prepare(rotation("1", "rotate"), records.call())))
          .isEqualTo(FailureClass.AMBIGUOUS);
      KeyVersion next = backend.prepare(rotation("1", "rotate"), records.call());
      KeySnapshot key = backend.activate(rotation("1", "rotate"), next.id(), records.call());
      records.sign(backend, key);
      assertThat(key.versions()).hasSize(2);
    }
  }

  @Test
  void settlesWhatItFindsDone() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      KeySnapshot key = records.rotated(backend, Records.NAME);
      loseOneAnswer(Operation.REPLACE);
      KeyVersion old = key.versions().get(0);
      assertThat(
              classOf(() -> backend.changeState(key.ref(old), KeyState.DESTROYED, records.call())))
          .isEqualTo(FailureClass.AMBIGUOUS);
      AtomicInteger settled = new AtomicInteger();
      AtomicInteger replaced = new AtomicInteger();
      records.stored.asking(
          (operation, name, done) -> {
            if (operation == Operation.SETTLE && done) {
              settled.incrementAndGet();
            }
            if (operation == Operation.REPLACE) {
              replaced.incrementAndGet();
            }
          });
      backend.changeState(key.ref(old), KeyState.DESTROYED, records.call());
      assertThat(settled).hasValue(1);
      assertThat(replaced).hasValue(0);
    }
  }

  @Test
  void asksBeforeItSigns_afterAChangeInDoubt() throws Exception {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      KeySnapshot key = records.create(backend, Records.NAME);
      records.sign(backend, key);
      loseOneAnswer(Operation.REPLACE);
      assertThat(
              classOf(
                  () ->
                      backend.changeState(Records.active(key), KeyState.DISABLED, records.call())))
          .isEqualTo(FailureClass.AMBIGUOUS);
      assertThat(
              catchThrowableOfType(BackendFailure.class, () -> records.sign(backend, key)).code())
          .isEqualTo(FailureCode.INVALID_STATE);
    }
  }

  @Test
  void stopsSigning_whenAReadingSaysThatAnotherProcessSwitchedTheVersionOff() throws Exception {
    try (RecordBackend signer = records.remote(LIFETIME);
        RecordBackend other = records.remote(LIFETIME)) {
      KeySnapshot key = records.create(signer, Records.NAME);
      records.sign(signer, key);
      other.changeState(Records.active(key), KeyState.DISABLED, records.call());
      signer.load(Records.NAME, records.call());
      assertThat(catchThrowableOfType(BackendFailure.class, () -> records.sign(signer, key)).code())
          .isEqualTo(FailureCode.INVALID_STATE);
      other.changeState(Records.active(key), KeyState.ACTIVE, records.call());
      signer.load(Records.NAME, records.call());
      records.sign(signer, key);
    }
  }

  @Test
  void stopsSigningAtOnce_whenALocalStoreIsChangedByAnother() throws Exception {
    try (RecordBackend signer = records.local();
        RecordBackend other = records.local()) {
      KeySnapshot key = records.create(signer, Records.NAME);
      records.sign(signer, key);
      other.changeState(Records.active(key), KeyState.DISABLED, records.call());
      assertThat(catchThrowableOfType(BackendFailure.class, () -> records.sign(signer, key)).code())
          .isEqualTo(FailureCode.INVALID_STATE);
    }
  }

  @Test
  void signsWithTheNewKey_whenOneWasRemovedAndMadeAnew() throws Exception {
    try (RecordBackend backend = records.local()) {
      KeySnapshot key = records.create(backend, Records.NAME);
      records.sign(backend, key);
      records.stored.remove(Records.NAME);
      KeySnapshot anew = backend.create(Records.request(Records.NAME, "again"), records.call());
      records.sign(backend, anew);
      assertThat(anew.versions().get(0).publicKey())
          .isNotEqualTo(key.versions().get(0).publicKey());
    }
  }
}
