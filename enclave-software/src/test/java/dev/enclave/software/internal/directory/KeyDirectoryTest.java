package dev.enclave.software.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.software.internal.backend.StoreOpener;
import dev.enclave.software.internal.backend.TestStore;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyDirectoryTest {

  private final Path scratch;
  private final TestStore store;

  KeyDirectoryTest(@TempDir Path scratch) {
    this.scratch = scratch;
    this.store = TestStore.local(scratch);
  }

  /** A disk on which this process may write nowhere. */
  private static final class ReadOnlyFiles extends SecureFiles {
    ReadOnlyFiles() {
      super(new SecureRandom());
    }

    @Override
    public boolean writable(Path directory) {
      return false;
    }
  }

  private static BackendFailure refusedCheck(TestStore store, SecureFiles files) {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> StoreOpener.creates(store.context(), files, StoreKind.SOFTWARE));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    requireHarmless(failure, store.directory());
    return failure;
  }

  /** Whoever has keys is led to them, and nothing but the store's own directory is changed. */
  private static void requireHarmless(BackendFailure failure, Path directory) {
    String advice = failure.advice().orElseThrow();
    if (advice.contains("enclave.software.directory")) {
      assertThat(advice).contains("the directory that has this service's keys");
    }
    assertThat(advice.replace("chmod 700 " + directory, "")).doesNotContain("chmod", "chown");
  }

  private static BackendFailure refusedCheck(TestStore store) {
    BackendFailure failure = refusedCheck(store, new SecureFiles(new SecureRandom()));
    BackendFailure opening = catchThrowableOfType(BackendFailure.class, () -> store.open().close());
    assertThat(failure).as("says the same as opening").hasMessage(opening.getMessage());
    return failure;
  }

  private Path directory(String permissions) throws IOException {
    Path directory = Files.createDirectory(scratch.resolve("shared"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    return directory;
  }

  @Test
  void announcesTheStoreAndChangesNothing() throws Exception {
    TestStore deep = store.at(scratch.resolve("a/b/keys"));
    assertThat(StoreOpener.creates(deep.context(), StoreKind.SOFTWARE)).hasSize(1);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void announcesNothing_whereThereIsAStore() throws Exception {
    store.withKey();
    assertThat(StoreOpener.creates(store.context(), StoreKind.SOFTWARE)).isEmpty();
  }

  @Test
  void namesTheAncestorThatIsNoDirectory() throws Exception {
    Path file = Files.createFile(scratch.resolve("file"));
    assertThat(refusedCheck(store.at(file.resolve("a/keys"))))
        .hasMessageContaining(": " + file + " is not a directory")
        .hasMessageContaining("enclave.software.directory");
  }

  @Test
  void namesTheAncestorThatThisProcessMayNotWrite() {
    assertThat(refusedCheck(store.at(scratch.resolve("a/keys")), new ReadOnlyFiles()))
        .hasMessageContaining(": " + scratch + " may not be written")
        .hasMessageContaining("enclave.software.directory");
  }

  @Test
  void refusesAnExistingDirectoryThatThisProcessMayNotWrite() throws Exception {
    Path directory = directory("rwx------");
    assertThat(refusedCheck(store.at(directory), new ReadOnlyFiles()))
        .hasMessageContaining(directory.toString());
  }

  @Test
  void advisesChmod_whereAStoreHasAWiderMode() throws Exception {
    store.withKey();
    Files.setPosixFilePermissions(store.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(refusedCheck(store)).hasMessageContaining("chmod 700 " + store.directory());
  }

  @Test
  void advisesAnotherDirectory_insteadOfAPlainFile() throws Exception {
    Path file = Files.createFile(scratch.resolve("file"));
    assertThat(refusedCheck(store.at(file)))
        .hasMessageContaining("enclave.software.directory")
        .hasMessageNotContaining("chmod");
  }

  @Test
  void advisesAnotherDirectory_insteadOfOneWithTheStickyBit() throws Exception {
    Path directory = directory("rwxrwxrwx");
    Files.setAttribute(directory, "unix:mode", 0x3ff);
    assertThat(refusedCheck(store.at(directory)))
        .hasMessageContaining("sticky bit")
        .hasMessageContaining("enclave.software.directory")
        .hasMessageNotContaining("chmod");
  }

  @Test
  void advisesAnotherDirectory_insteadOfOneWithOtherFiles() throws Exception {
    Path directory = directory("rwxr-xr-x");
    Files.createFile(directory.resolve("passwd"));
    assertThat(refusedCheck(store.at(directory)))
        .hasMessageContaining("passwd")
        .hasMessageContaining("enclave.software.directory")
        .hasMessageNotContaining("chmod");
  }
}
