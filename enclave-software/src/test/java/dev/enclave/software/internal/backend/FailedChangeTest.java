package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.software.internal.disk.Disk;
import dev.enclave.software.internal.disk.FailingDisk;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.RestoreRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every step of every change fails, alone or with all after it. The answer says what became of the
 * change: AMBIGUOUS only where it may have been made, another failure only where nothing happened.
 */
@Tag("full")
class FailedChangeTest {

  private static final KeyName OTHER = KeyName.of("wallet-2");

  private final Path folder;
  private int stores;

  FailedChangeTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Something that a backend does. */
  private interface Work {
    void run(SoftwareBackend backend) throws BackendFailure;
  }

  /**
   * A change of a store in which version 1 is VERIFY_ONLY and version 2 ACTIVE.
   *
   * @param before what is done before it
   * @param key the key it changes
   * @param states of that key's versions afterwards
   */
  private record Change(String what, Work before, Work work, KeyName key, List<KeyState> states) {

    private static final Work NOTHING = backend -> {};

    static Change of(String what, Work before, Work work, KeyState... states) {
      return new Change(what, before, work, TestStore.NAME, List.of(states));
    }

    @Override
    public String toString() {
      return what;
    }

    private static void prepare(SoftwareBackend backend) throws BackendFailure {
      backend.prepare(TestStore.rotation("2", "rotate"), TestStore.call());
    }

    private static void activate(SoftwareBackend backend) throws BackendFailure {
      backend.activate(TestStore.rotation("2", "rotate"), KeyVersionId.of("3"), TestStore.call());
    }

    private static void put(SoftwareBackend backend, int version, KeyState state)
        throws BackendFailure {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      backend.changeState(TestStore.ref(key, version), state, TestStore.call());
    }

    private static void restore(SoftwareBackend backend) throws BackendFailure {
      var exported = backend.export(TestStore.NAME, TestStore.call());
      try {
        backend.restore(
            RestoreRequest.of(OTHER, EnvironmentType.LOCAL, exported, "restore"), TestStore.call());
      } finally {
        exported.versions().forEach(v -> v.material().ifPresent(SecretBytes::close));
      }
    }
  }

  static Stream<Change> changes() {
    Work disable = backend -> Change.put(backend, 0, KeyState.DISABLED);
    return Stream.of(
        new Change(
            "create",
            Change.NOTHING,
            backend -> TestStore.create(backend, OTHER),
            OTHER,
            List.of(KeyState.ACTIVE)),
        new Change(
            "restore",
            Change.NOTHING,
            Change::restore,
            OTHER,
            List.of(KeyState.VERIFY_ONLY, KeyState.ACTIVE)),
        Change.of(
            "prepare",
            Change.NOTHING,
            Change::prepare,
            KeyState.VERIFY_ONLY,
            KeyState.ACTIVE,
            KeyState.PENDING),
        Change.of(
            "activate",
            Change::prepare,
            Change::activate,
            KeyState.VERIFY_ONLY,
            KeyState.VERIFY_ONLY,
            KeyState.ACTIVE),
        Change.of(
            "prepare after an abandoned rotation",
            backend -> backend.prepare(TestStore.rotation("2", "abandoned"), TestStore.call()),
            Change::prepare,
            KeyState.VERIFY_ONLY,
            KeyState.ACTIVE,
            KeyState.DESTROYED,
            KeyState.PENDING),
        Change.of("disable", Change.NOTHING, disable, KeyState.DISABLED, KeyState.ACTIVE),
        Change.of(
            "enable",
            disable,
            backend -> Change.put(backend, 0, KeyState.VERIFY_ONLY),
            KeyState.VERIFY_ONLY,
            KeyState.ACTIVE),
        Change.of(
            "destroy",
            Change.NOTHING,
            backend -> Change.put(backend, 0, KeyState.DESTROYED),
            KeyState.DESTROYED,
            KeyState.ACTIVE),
        Change.of(
            "destroy the active version",
            Change.NOTHING,
            backend -> Change.put(backend, 1, KeyState.DESTROYED),
            KeyState.VERIFY_ONLY,
            KeyState.DESTROYED));
  }

  /** A clock that is ahead of the machine's, so that a rotation counts as abandoned. */
  private record Later() implements TimeSource {
    @Override
    public Instant now() {
      return TestStore.clock().now().plus(Duration.ofMinutes(61));
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

  private TestStore newStore(Work before) throws BackendFailure {
    TestStore store = TestStore.local(folder.resolve("store-" + stores++));
    try (SoftwareBackend backend = store.open()) {
      TestStore.create(backend, TestStore.NAME);
      backend.prepare(TestStore.rotation("1", "first"), TestStore.call());
      backend.activate(TestStore.rotation("1", "first"), KeyVersionId.of("2"), TestStore.call());
      before.run(backend);
    }
    return store;
  }

  private static SoftwareBackend openLater(TestStore store, Disk disk) throws BackendFailure {
    BackendContext now = store.context();
    return (SoftwareBackend)
        StoreOpener.open(
            BackendContext.of(
                    now.settings(), now.environment(), now.snapshot(), new Later(), now.random())
                .acknowledging(now.reducedSecurityAcknowledged()),
            new SecureFiles(new SecureRandom(), disk),
            StoreKind.SOFTWARE,
            TestStore.CHEAP);
  }

  private static List<KeyState> states(SoftwareBackend backend, KeyName name)
      throws BackendFailure {
    try {
      return backend.load(name, TestStore.call()).versions().stream()
          .map(KeyVersion::state)
          .toList();
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void saysWhatBecameOfIt_whereverOneStepFails(Change change) throws Exception {
    failAt(change, failing -> step -> step == failing);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void saysWhatBecameOfIt_whereverTheDiskGivesUp(Change change) throws Exception {
    failAt(change, failing -> step -> step >= failing);
  }

  private void failAt(Change change, IntFunction<IntPredicate> failures) throws Exception {
    boolean failed = true;
    boolean decided = false;
    for (int step = 0; failed; step++) {
      FailingDisk disk = new FailingDisk(failures.apply(step));
      TestStore store = newStore(change.before);
      List<KeyState> before;
      try (SoftwareBackend backend = store.open()) {
        before = states(backend, change.key);
      }
      BackendFailure failure;
      try (SoftwareBackend backend = openLater(store, disk)) {
        failure = catchThrowableOfType(BackendFailure.class, () -> change.work.run(backend));
      }
      failed = disk.failed();
      decided |= isDecided(failure);
      check(store, change, before, Optional.ofNullable(failure), "step " + step + ": " + failure);
    }
    assertThat(decided).as("a failure that says that nothing was done").isTrue();
  }

  private static boolean isDecided(@Nullable BackendFailure failure) {
    return failure != null && failure.failureClass() != FailureClass.AMBIGUOUS;
  }

  private static void check(
      TestStore store,
      Change change,
      List<KeyState> before,
      Optional<BackendFailure> failure,
      String when)
      throws Exception {
    try (SoftwareBackend backend = openLater(store, new Disk())) {
      List<KeyState> found = states(backend, change.key);
      if (failure.isEmpty()) {
        assertThat(found).as(when).isEqualTo(change.states);
      } else if (failure.get().failureClass() == FailureClass.AMBIGUOUS) {
        assertThat(found).as(when).isIn(before, change.states);
      } else {
        assertThat(found).as(when).isEqualTo(before);
      }
      requireWhole(store, backend, when);
      change.work.run(backend);
      assertThat(states(backend, change.key)).as(when).isEqualTo(change.states);
      requireWhole(store, backend, when);
    }
  }

  /** What is active signs, what is destroyed is gone, and the rest is there. */
  private static void requireWhole(TestStore store, SoftwareBackend backend, String when)
      throws Exception {
    for (KeyName name : backend.list(TestStore.call())) {
      KeySnapshot key = backend.load(name, TestStore.call());
      if (key.active().isPresent()) {
        backend.sign(key.ref(key.active().get()), Message.ofUtf8("hello"), TestStore.call());
      }
      try (StoreInspector inspector = StoreInspector.of(store)) {
        inspector.requireWhole(name);
      } catch (AssertionError e) {
        throw new AssertionError(when, e);
      }
    }
  }

  @Test
  void saysThatAResealMayHaveBegun_whereverOneStepFails() throws Exception {
    failResealAt(failing -> step -> step == failing);
  }

  @Test
  void saysThatAResealMayHaveBegun_whereverTheDiskGivesUp() throws Exception {
    failResealAt(failing -> step -> step >= failing);
  }

  private void failResealAt(IntFunction<IntPredicate> failures) throws Exception {
    boolean failed = true;
    boolean decided = false;
    for (int step = 0; failed; step++) {
      FailingDisk disk = new FailingDisk(failures.apply(step));
      TestStore before = newStore(none -> {});
      TestStore after = before.with(SoftwareSettings.PASSPHRASE, "battery staple");
      BackendFailure failure;
      try (SoftwareBackend backend =
          before.openCheaply(new SecureFiles(new SecureRandom(), disk))) {
        failure = catchThrowableOfType(BackendFailure.class, () -> reseal(backend));
      }
      failed = disk.failed();
      decided |= isDecided(failure);
      String when = "step " + step + ": " + failure;
      boolean begun = opens(after);
      assertThat(begun).as(when).isNotEqualTo(opens(before));
      if (failure == null) {
        assertThat(begun).as(when).isTrue();
      } else if (isDecided(failure)) {
        assertThat(begun).as(when).isFalse();
      }
      try (SoftwareBackend backend = (begun ? after : before).openCheaply()) {
        reseal(backend);
      }
      try (SoftwareBackend backend = after.openCheaply()) {
        requireWhole(after, backend, when);
      }
    }
    assertThat(decided).as("a failure that says that nothing was done").isTrue();
  }

  private static boolean opens(TestStore store) throws BackendFailure {
    try (SoftwareBackend backend = store.openCheaply()) {
      return backend.list(TestStore.call()).size() == 1;
    } catch (BackendFailure e) {
      assertThat(e.code()).isEqualTo(FailureCode.MISCONFIGURED);
      return false;
    }
  }

  private static void reseal(SoftwareBackend backend) throws BackendFailure {
    try (SecretBytes secret =
        SecretBytes.takeOver("battery staple".getBytes(StandardCharsets.UTF_8))) {
      backend.reseal(Optional.of(secret), TestStore.call());
    }
  }

  @Test
  void changesAStore_whoseParentDirectoryCannotBeOpened() throws Exception {
    TestStore store = newStore(none -> {});
    Path parent = Objects.requireNonNull(store.directory().getParent());
    Disk withheld =
        new Disk() {
          @Override
          public void sync(Path directory) throws IOException {
            if (directory.equals(parent)) {
              throw new AccessDeniedException(directory.toString());
            }
            super.sync(directory);
          }
        };

    try (SoftwareBackend backend = openLater(store, withheld)) {
      Change.put(backend, 1, KeyState.DISABLED);
    }
    try (SoftwareBackend backend = openLater(store, new Disk())) {
      assertThat(states(backend, TestStore.NAME))
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.DISABLED);
    }
  }

  @Test
  void neverUsesADestroyedVersion_whoseDestructionIsInDoubt() throws Exception {
    TestStore store = newStore(none -> {});
    Path folder = store.layout().key(TestStore.NAME);
    Disk undurable =
        new Disk() {
          @Override
          public void sync(Path directory) throws IOException {
            if (directory.equals(folder)) {
              throw new IOException("input/output error");
            }
            super.sync(directory);
          }
        };
    try (SoftwareBackend backend =
        store.openCheaply(new SecureFiles(new SecureRandom(), undurable))) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      backend.sign(TestStore.ref(key, 1), Message.ofUtf8("hello"), TestStore.call());
      BackendFailure failure =
          catchThrowableOfType(
              BackendFailure.class, () -> Change.put(backend, 1, KeyState.DESTROYED));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
      BackendFailure refusal =
          catchThrowableOfType(
              BackendFailure.class,
              () -> backend.sign(TestStore.ref(key, 1), Message.ofUtf8("hello"), TestStore.call()));
      assertThat(refusal.code()).isEqualTo(FailureCode.INVALID_STATE);
    }
    assertThat(store.files()).containsExactly(store.record());
    assertThat(RecordFile.of(store.record()).privateKeys()).isEqualTo(1);
  }
}
