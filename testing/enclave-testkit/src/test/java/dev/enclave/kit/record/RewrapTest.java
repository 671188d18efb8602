package dev.enclave.kit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRewrapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The key-encryption key has another version, and the records are sealed anew under it. */
class RewrapTest {

  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private final Records records = new Records();

  private static KeyRewrapper rewrapper(RecordBackend backend) {
    return backend.capability(KeyRewrapper.class).orElseThrow();
  }

  private boolean isCurrent(RecordBackend backend) throws BackendFailure {
    return rewrapper(backend).isCurrent(Records.NAME, records.call());
  }

  private void rewrap(RecordBackend backend) throws BackendFailure {
    rewrapper(backend).rewrap(Records.NAME, records.call());
  }

  @Test
  void everyVersionOpensUnderTheNewOne_andTheOldOneIsNotNeeded() throws BackendFailure {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      KeySnapshot key = records.rotated(backend, Records.NAME);
      assertThat(isCurrent(backend)).isTrue();
      records.kms.rotate();
      assertThat(rewrapper(backend).kekVersion(records.call()).value()).isEqualTo("kek-2");
      assertThat(isCurrent(backend)).isFalse();
      rewrap(backend);
      assertThat(isCurrent(backend)).isTrue();
      assertThat(backend.load(Records.NAME, records.call())).isEqualTo(key);
    }
    records.kms.disable("kek-1");
    try (RecordBackend anew = records.remote(LIFETIME)) {
      KeySnapshot key = anew.load(Records.NAME, records.call());
      records.sign(anew, key);
      // The retired version's private half was sealed anew too.
      assertThat(anew.export(Records.NAME, records.call()).versions()).hasSize(2);
    }
  }

  @Test
  void asksTheKekForNothing_toSeeWhatSealsAKey() throws BackendFailure {
    try (RecordBackend maker = records.remote(LIFETIME)) {
      records.create(maker, Records.NAME);
    }
    int unwraps = records.kms.unwraps.get();
    try (RecordBackend backend = records.remote(LIFETIME)) {
      assertThat(isCurrent(backend)).isTrue();
      records.kms.rotate();
      assertThat(isCurrent(backend)).isFalse();
    }
    assertThat(records.kms.unwraps).hasValue(unwraps);
  }

  @Test
  void aProcessThatReadTheKeyBefore_signsOn_andOpensItAnewUnderTheNewVersion()
      throws BackendFailure {
    try (RecordBackend signer = records.remote(LIFETIME);
        RecordBackend other = records.remote(LIFETIME)) {
      KeySnapshot key = records.create(signer, Records.NAME);
      records.sign(signer, key);
      records.kms.rotate();
      rewrap(other);
      records.kms.disable("kek-1");
      records.sign(signer, key);
      records.clock.advance(LIFETIME.plusSeconds(1));
      records.sign(signer, key);
    }
  }

  @Test
  void signaturesGoOn_whileProcessesRewrapAtOnce() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (RecordBackend one = records.remote(LIFETIME);
        RecordBackend other = records.remote(LIFETIME)) {
      KeySnapshot key = records.create(one, Records.NAME);
      List<Future<Integer>> signers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        RecordBackend backend = i % 2 == 0 ? one : other;
        signers.add(
            threads.submit(
                () -> {
                  int signed = 0;
                  do {
                    backend.sign(Records.active(key), Message.ofUtf8("hello"), records.call());
                    signed++;
                  } while (!done.get());
                  return signed;
                }));
      }
      for (int round = 0; round < 20; round++) {
        records.kms.rotate();
        Future<?> second = threads.submit(() -> rewrapped(other));
        rewrap(one);
        second.get();
        assertThat(isCurrent(one)).isTrue();
      }
      done.set(true);
      for (Future<Integer> signer : signers) {
        assertThat(signer.get()).isPositive();
      }
      assertThat(one.load(Records.NAME, records.call())).isEqualTo(key);
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  private Object rewrapped(RecordBackend backend) throws BackendFailure {
    rewrap(backend);
    return true;
  }

  @Test
  void losesNoChangeThatComesBetween() throws BackendFailure {
    try (RecordBackend one = records.remote(LIFETIME);
        RecordBackend other = records.remote(LIFETIME)) {
      KeySnapshot key = records.rotated(one, Records.NAME);
      records.kms.rotate();
      // Wrapped and opened once before it is written: in the middle of that the other changes it.
      AtomicBoolean first = new AtomicBoolean(true);
      records.kms.during(
          () -> {
            if (first.compareAndSet(true, false)) {
              disable(other, key);
            }
          });
      rewrap(one);
      records.kms.during(() -> {});
      assertThat(one.load(Records.NAME, records.call()).versions().get(0).state())
          .isEqualTo(KeyState.DISABLED);
      assertThat(isCurrent(one)).isTrue();
    }
  }

  private void disable(RecordBackend backend, KeySnapshot key) {
    try {
      backend.changeState(key.ref(key.versions().get(0)), KeyState.DISABLED, records.call());
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void leavesAKeyAsItIs_ofWhichAPartCannotBeRead() throws BackendFailure {
    try (RecordBackend backend = records.remote(LIFETIME)) {
      records.create(backend, Records.NAME);
    }
    byte[] damaged = records.stored.content(Records.NAME).orElseThrow().toByteArray();
    damaged[damaged.length - 1] ^= 1;
    records.stored.put(Records.NAME, Bytes.of(damaged));
    records.kms.rotate();
    try (RecordBackend backend = records.remote(LIFETIME)) {
      BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> rewrap(backend));
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(failure).hasMessageContaining(Records.NAME.value());
      assertThat(records.stored.content(Records.NAME)).contains(Bytes.of(damaged));
    }
  }

  @Test
  void tellsWhatIsNoKey() {
    KeyName name = KeyName.of("scrap");
    records.stored.put(name, Bytes.of(new byte[] {1, 2, 3}));
    try (RecordBackend backend = records.remote(LIFETIME)) {
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> rewrapper(backend).isCurrent(name, records.call()));
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
    }
  }
}
