package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.RestoreRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole keys out of one store and into another, on disks good and bad. */
class KeyTransferTest {

  private static final KeyName OTHER = KeyName.of("other");

  private final TestStore source;
  private final TestStore target;

  KeyTransferTest(@TempDir Path temporary) {
    source = TestStore.local(temporary.resolve("source"));
    target = TestStore.local(temporary.resolve("target"));
  }

  @BeforeEach
  void makeFolders() throws Exception {
    Files.createDirectories(source.directory().getParent());
    Files.createDirectories(target.directory().getParent());
  }

  private ExportedKey threeVersions() throws BackendFailure {
    try (SoftwareBackend backend = source.open()) {
      TestStore.create(backend, TestStore.NAME);
      for (String active : List.of("1", "2")) {
        var rotation = TestStore.rotation(active, "rotate-" + active);
        KeyVersion next = backend.prepare(rotation, TestStore.call());
        backend.activate(rotation, next.id(), TestStore.call());
      }
      return backend.export(TestStore.NAME, TestStore.call());
    }
  }

  private static KeySnapshot restore(SoftwareBackend backend, ExportedKey key)
      throws BackendFailure {
    return backend.restore(
        RestoreRequest.of(TestStore.NAME, EnvironmentType.LOCAL, key, "restore-1"),
        TestStore.call());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void restoresTheKeyAtTheRepetition_whereverTheFirstFailed(int steps) throws Exception {
    target.open().close();
    try (ExportedKey key = threeVersions()) {
      try (SoftwareBackend failing = target.open(new CrashTest.FailingFiles(1 + steps))) {
        BackendFailure failure =
            catchThrowableOfType(BackendFailure.class, () -> restore(failing, key));
        if (failure != null) {
          assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
        }
      }
      try (SoftwareBackend healthy = target.open()) {
        KeySnapshot restored = restore(healthy, key);
        assertThat(restored.versions())
            .extracting(KeyVersion::publicKey)
            .containsExactlyElementsOf(key.versions().stream().map(Version::publicKey).toList());
        healthy.sign(TestStore.ref(restored, 2), Message.ofUtf8("hello"), TestStore.call());
      }
      assertThat(target.files()).containsExactly(target.record());
      assertThat(RecordFile.of(target.record()).privateKeys()).isEqualTo(3);
    }
  }

  @Test
  void leavesTheNameFree_whenTheRestorationWasCutShort() throws Exception {
    target.open().close();
    try (ExportedKey key = threeVersions()) {
      // One step later each time, until the record is there.
      for (int steps = 0; ; steps++) {
        try (SoftwareBackend failing = target.open(new CrashTest.FailingFiles(1 + steps))) {
          assertThat(catchThrowableOfType(BackendFailure.class, () -> restore(failing, key)))
              .isNotNull();
        }
        if (Files.exists(target.record())) {
          assertThat(steps).isPositive();
          break;
        }
        try (SoftwareBackend healthy = target.open()) {
          assertThat(
                  catchThrowableOfType(
                          BackendFailure.class,
                          () -> healthy.load(TestStore.NAME, TestStore.call()))
                      .code())
              .isEqualTo(FailureCode.NOT_FOUND);
        }
      }
    }
  }

  @Test
  void remembersOverReopeningThatAVersionWasImported_andMakesTheNextItself() throws Exception {
    try (ExportedKey key = threeVersions();
        SoftwareBackend backend = target.open()) {
      restore(backend, key);
    }
    try (SoftwareBackend backend = target.open()) {
      backend.prepare(TestStore.rotation("3", "rotate-3"), TestStore.call());
      assertThat(backend.load(TestStore.NAME, TestStore.call()).versions())
          .extracting(KeyVersion::origin)
          .containsExactly(
              KeyOrigin.IMPORTED, KeyOrigin.IMPORTED, KeyOrigin.IMPORTED, KeyOrigin.GENERATED);
    }
  }

  @Test
  void givesTheNextVersionAFreeId_whenAnotherBackendNamedTheVersions() throws Exception {
    try (ExportedKey key = threeVersions();
        SoftwareBackend backend = target.open()) {
      List<Version> versions =
          Stream.of("v-1", "2", "4")
              .map(
                  id -> {
                    Version version = key.versions().get(List.of("v-1", "2", "4").indexOf(id));
                    return Version.of(
                        KeyVersionId.of(id),
                        version.state(),
                        version.createdAt(),
                        version.publicKey(),
                        version.material());
                  })
              .toList();
      restore(
          backend, ExportedKey.of(OTHER, key.algorithm(), key.rotation(), key.stamp(), versions));
      KeyVersion next = backend.prepare(TestStore.rotation("4", "rotate-4"), TestStore.call());
      assertThat(next.id().value()).isEqualTo("5");
    }
  }

  @Test
  void exportsNothing_whenAPrivateKeyIsDamaged() throws Exception {
    threeVersions().close();
    RecordFile.damage(source.record(), 2);
    try (SoftwareBackend backend = source.open()) {
      assertThat(
              catchThrowableOfType(
                  BackendFailure.class, () -> backend.export(TestStore.NAME, TestStore.call())))
          .hasMessageContaining("version 2")
          .extracting(BackendFailure::code)
          .isEqualTo(FailureCode.CORRUPT);
    }
  }

  @Test
  void exportsDisabledVersionsToo() throws Exception {
    try (SoftwareBackend backend = source.open()) {
      KeySnapshot key = TestStore.create(backend, TestStore.NAME);
      backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
      backend.changeState(TestStore.ref(key, 0), KeyState.DISABLED, TestStore.call());
      try (ExportedKey exported = backend.export(TestStore.NAME, TestStore.call())) {
        assertThat(exported.versions().get(0).state()).isEqualTo(KeyState.DISABLED);
        assertThat(exported.versions().get(0).material()).isPresent();
      }
    }
  }
}
