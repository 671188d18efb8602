package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Message;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PermissionsTest {

  private final TestStore store;

  PermissionsTest(@TempDir Path temporary) throws BackendFailure {
    store = TestStore.local(temporary.resolve("parent")).withKey();
  }

  private static BackendFailure refusal(TestStore store) throws Exception {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> {
              try (SoftwareBackend backend = store.open()) {
                KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
                backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
              }
            });
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    return failure;
  }

  static Map<Boolean, List<String>> modes(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.collect(
          Collectors.partitioningBy(
              Files::isDirectory, Collectors.mapping(PermissionsTest::mode, Collectors.toList())));
    }
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void chmod(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static void link(Path path) throws IOException {
    Path real = path.resolveSibling("real");
    Files.move(path, real);
    Files.createSymbolicLink(path, real);
  }

  @Test
  void givesEverythingToTheOwnerAlone() throws Exception {
    Map<Boolean, List<String>> modes = modes(store.directory().resolveSibling("keys"));
    assertThat(modes.get(true)).isNotEmpty().containsOnly("rwx------");
    assertThat(modes.get(false)).isNotEmpty().containsOnly("rw-------");
    assertThat(mode(store.directory().resolveSibling("."))).isEqualTo("rwx------");
  }

  @Test
  void refusesAWiderRecordAndSaysHowToMendIt() throws Exception {
    chmod(store.record(), "rw-r-----");
    assertThat(refusal(store)).hasMessageContaining("chmod 600 " + store.record());
  }

  @Test
  void refusesAWiderMasterKey() throws Exception {
    chmod(store.layout().masterKey(), "rw-rw----");
    assertThat(refusal(store)).hasMessageContaining("chmod 600 " + store.layout().masterKey());
  }

  @Test
  void refusesAWiderDirectory() throws Exception {
    chmod(store.directory(), "rwxr-xr-x");
    assertThat(refusal(store)).hasMessageContaining("chmod 700 " + store.directory());
  }

  @Test
  void refusesAWiderKeyFolder() throws Exception {
    Path folder = store.layout().key(TestStore.NAME);
    chmod(folder, "rwx--x---");
    assertThat(refusal(store)).hasMessageContaining("chmod 700 " + folder);
  }

  @Test
  void refusesALinkInPlaceOfARecord() throws Exception {
    link(store.record());
    assertThat(refusal(store)).hasMessageContaining("symbolic link");
  }

  @Test
  void refusesALinkInPlaceOfTheMasterKey() throws Exception {
    link(store.layout().masterKey());
    assertThat(refusal(store)).hasMessageContaining("symbolic link");
  }

  @Test
  void refusesALinkInPlaceOfAKeyFolder() throws Exception {
    Path folder = store.layout().key(TestStore.NAME);
    Files.move(folder, store.directory().resolve("real"));
    Files.createSymbolicLink(folder, store.directory().resolve("real"));
    assertThat(refusal(store)).hasMessageContaining("symbolic link");
  }

  @Test
  void refusesALinkInPlaceOfTheDirectory() throws Exception {
    link(store.directory());
    assertThat(refusal(store)).hasMessageContaining("symbolic link");
  }

  @Test
  void refusesAFileInPlaceOfTheDirectory() throws Exception {
    Path file = store.directory().resolveSibling("file");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    assertThat(refusal(store.at(file))).hasMessageContaining("not a directory");
  }

  @Test
  void refusesADirectoryInPlaceOfARecord() throws Exception {
    Files.delete(store.record());
    Files.createDirectory(
        store.record(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    assertThat(refusal(store)).hasMessageContaining("not a regular file");
  }
}
