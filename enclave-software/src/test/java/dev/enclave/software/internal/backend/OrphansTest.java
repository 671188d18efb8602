package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody uses any more is cleared, and what somebody may need is not. */
class OrphansTest {

  private final TestStore store;

  OrphansTest(@TempDir Path temporary) throws BackendFailure {
    store = TestStore.local(temporary).withKey();
  }

  /** A clock that is ahead of the machine's. */
  record Ahead(Duration by) implements TimeSource {
    @Override
    public Instant now() {
      return TestStore.clock().now().plus(by);
    }

    @Override
    public long nanoTime() {
      return TestStore.clock().nanoTime();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
      TestStore.clock().pause(duration);
    }
  }

  private SoftwareBackend openLater(Duration by) throws BackendFailure {
    var c = store.context();
    return (SoftwareBackend)
        StoreOpener.open(c.on(new Ahead(by)), dev.enclave.software.store.StoreKind.SOFTWARE);
  }

  private static List<KeyState> states(KeySnapshot key) {
    return key.versions().stream().map(v -> v.state()).toList();
  }

  @Test
  void destroysAPendingVersion_whoseRotationIsLongPast() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      backend.prepare(TestStore.rotation("1", "abandoned"), TestStore.call());
    }
    assertThat(RecordFile.of(store.record()).privateKeys()).isEqualTo(2);
    try (SoftwareBackend backend = openLater(Duration.ofMinutes(61))) {
      backend.prepare(TestStore.rotation("1", "next"), TestStore.call());
      assertThat(states(backend.load(TestStore.NAME, TestStore.call())))
          .containsExactly(KeyState.ACTIVE, KeyState.DESTROYED, KeyState.PENDING);
      BackendFailure late =
          catchThrowableOfType(
              BackendFailure.class,
              () ->
                  backend.activate(
                      TestStore.rotation("1", "abandoned"),
                      KeyVersionId.of("2"),
                      TestStore.call()));
      assertThat(late.code()).isEqualTo(FailureCode.INVALID_STATE);
    }
    assertThat(RecordFile.of(store.record()).privateKeys()).isEqualTo(2);
  }

  @Test
  void leavesAPendingVersion_whoseRotationMayBeUnderWay() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      backend.prepare(TestStore.rotation("1", "slow"), TestStore.call());
    }
    try (SoftwareBackend backend = openLater(Duration.ofMinutes(59))) {
      backend.prepare(TestStore.rotation("1", "other"), TestStore.call());
      KeySnapshot finished =
          backend.activate(TestStore.rotation("1", "slow"), KeyVersionId.of("2"), TestStore.call());
      assertThat(states(finished))
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE, KeyState.PENDING);
      backend.sign(TestStore.ref(finished, 1), Message.ofUtf8("hello"), TestStore.call());
    }
  }

  @Test
  void activatesNoVersion_whosePrivateKeyIsDamaged() throws Exception {
    try (SoftwareBackend backend = store.open()) {
      backend.prepare(TestStore.rotation("1", "rotate"), TestStore.call());
      RecordFile.damage(store.record(), 2);
      TestStore.letCachesAge();
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class,
              () ->
                  backend.activate(
                      TestStore.rotation("1", "rotate"), KeyVersionId.of("2"), TestStore.call()));
      assertThat(failure.code()).isEqualTo(FailureCode.CORRUPT);
      assertThat(states(backend.load(TestStore.NAME, TestStore.call())).get(0))
          .isEqualTo(KeyState.ACTIVE);
    }
  }

  @Test
  void destroysAVersionWhosePrivateKeyIsDamaged() throws Exception {
    RecordFile.damage(store.record(), 1);
    try (SoftwareBackend backend = store.open()) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class,
              () -> backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call()));
      assertThat(failure)
          .hasMessageContaining("enclave keys restore")
          .hasMessageContaining("enclave keys destroy");
      backend.changeState(TestStore.ref(key, 0), KeyState.DESTROYED, TestStore.call());
    }
    assertThat(RecordFile.of(store.record()).privateKeys()).isZero();
  }

  /** Randomness that remembers the arrays it filled. */
  private static final class RememberingRandom extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private final transient List<byte[]> filled = new ArrayList<>();

    @Override
    public void nextBytes(byte[] bytes) {
      super.nextBytes(bytes);
      filled.add(bytes);
    }
  }

  @Test
  void leavesNoMasterKeyInMemory_whenTheStoreCannotBeMade(@TempDir Path other) throws Exception {
    RememberingRandom random = new RememberingRandom();
    TestStore fresh = TestStore.local(other).with(SoftwareSettings.PASSPHRASE, "correct horse");
    var c = fresh.context();
    SecureFiles full =
        new SecureFiles(random) {
          @Override
          public void replace(Path target, byte[] content) throws IOException {
            throw new IOException("no space");
          }
        };
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () ->
                StoreOpener.open(
                    dev.enclave.spi.backend.BackendContext.of(
                            c.settings(), c.environment(), c.snapshot(), c.time(), random)
                        .acknowledging(c.reducedSecurityAcknowledged()),
                    full,
                    dev.enclave.software.store.StoreKind.SOFTWARE,
                    TestStore.CHEAP));
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(random.filled)
        .filteredOn(bytes -> bytes.length == 32)
        .as("the master key and the key that sealed it")
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
  }
}
