package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.Message;
import dev.enclave.kit.claim.ProcessUser;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of other users, second names, and files that somebody swaps meanwhile. */
class OwnersTest {

  private static final int NOBODY = 65534;
  private static final int SWAPS = 500;

  private final TestStore store;

  OwnersTest(@TempDir Path temporary) throws BackendFailure {
    store = TestStore.local(temporary).withKey();
  }

  private BackendFailure refusal() {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () -> {
              try (SoftwareBackend backend = store.open()) {
                KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
                backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
              }
            });
    assertThat(failure).as("a refusal").isNotNull();
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    return failure;
  }

  /** Gives the file away; ends the test, and says so, where this user may not. */
  private static void chown(Path path) throws IOException {
    try {
      Files.setAttribute(path, "unix:uid", NOBODY);
    } catch (IOException e) {
      String line = "NOT RUN: only root gives files away, so none here is another user's";
      System.out.println(line);
      abort(line);
    }
  }

  @Test
  void refusesFilesAndFoldersOfAnotherUser_namingTheOwnerAndTheFix() throws Exception {
    int mine = (Integer) Files.getAttribute(store.directory(), "unix:uid");
    for (Path path :
        List.of(
            store.directory(),
            store.layout().parameters(),
            store.layout().masterKey(),
            store.layout().changes(),
            store.layout().key(TestStore.NAME),
            store.record())) {
      chown(path);
      assertThat(refusal())
          .hasMessageContaining(path.toString())
          .hasMessageContaining(Files.getOwner(path).getName())
          .hasMessageContaining(
              Files.isDirectory(path)
                  ? "Start the program as the user that made it"
                  : "chown " + mine + " " + path);
      Files.setAttribute(path, "unix:uid", mine);
    }
    store.open().close();
  }

  @Test
  void leadsNobodyAwayFromKeys_whereTheDirectoryIsAnotherUsers() throws Exception {
    chown(store.directory());
    assertThat(refusal().advice().orElseThrow())
        .contains("the user that made it")
        .doesNotContain("enclave.software.directory", "chown");

    Files.move(store.layout().parameters(), store.directory().resolveSibling("unseen"));
    assertThat(refusal().advice().orElseThrow())
        .contains("the directory that has this service's keys", "the user that made them")
        .doesNotContain("chown");
  }

  @Test
  void knowsItsUserByTheFilesItMakes() throws Exception {
    ProcessUser user = new ProcessUser();
    int mine = (Integer) Files.getAttribute(store.record(), "unix:uid");
    assertThat(user.is(mine)).isTrue();
    assertThat(user.is(mine + 1)).isFalse();
    assertThat(new ProcessUser().is(mine + 1)).isFalse();
  }

  @Test
  void refusesARecordWithASecondName() throws Exception {
    Files.createLink(store.directory().resolveSibling("second"), store.record());
    assertThat(refusal())
        .hasMessageContaining("hard links")
        .hasMessageContaining("-samefile " + store.record());
  }

  @Test
  void refusesAKeyFileWithASecondName() throws Exception {
    Files.createLink(store.directory().resolveSibling("second"), store.layout().masterKey());
    assertThat(refusal()).hasMessageContaining("hard links");
  }

  @Test
  void neverReadsThroughALink_howeverFastSomebodySwapsTheFile() throws Exception {
    Path file = store.directory().resolve("swapped");
    Path foreign = store.directory().resolveSibling("foreign");
    Files.writeString(foreign, "foreign");
    Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rw-------"));
    SecureFiles files = new SecureFiles(new SecureRandom());
    files.replace(file, "own".getBytes(StandardCharsets.UTF_8));
    Semaphore read = new Semaphore(0);
    Thread swapper = new Thread(() -> swap(file, foreign, read));
    swapper.start();
    int own = 0;
    int refused = 0;
    try {
      while (swapper.isAlive()) {
        try {
          byte[] content = files.read(file, 100);
          assertThat(new String(content, StandardCharsets.UTF_8)).isEqualTo("own");
          own++;
        } catch (IOException e) {
          refused++;
        }
        read.release();
      }
    } finally {
      swapper.interrupt();
      swapper.join();
    }
    assertThat(own).isGreaterThanOrEqualTo(SWAPS);
    assertThat(refused).isGreaterThanOrEqualTo(SWAPS);
    System.out.println("link races: " + own + " files read, " + refused + " links refused");
  }

  private static void swap(Path file, Path foreign, Semaphore read) {
    try {
      Path link = file.resolveSibling("link");
      Path real = file.resolveSibling("real");
      for (int i = 0; i < SWAPS; i++) {
        Files.createSymbolicLink(link, foreign);
        Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
        letRead(read);
        Files.createFile(
            real,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(real, "own");
        Files.move(real, file, StandardCopyOption.ATOMIC_MOVE);
        letRead(read);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until a reading has begun and ended, on however few processors; what is swapped then, is
   * swapped during the next one.
   */
  private static void letRead(Semaphore read) throws InterruptedException {
    read.drainPermits();
    read.acquire(2);
  }

  @Test
  void takesNoFolderForAKey_whoseNameSomebodyElseMadeUp() throws Exception {
    for (String odd : List.of("key-", "key-..", "key-UPPER", "key-a b", "key-" + "x".repeat(60))) {
      Files.createDirectory(store.directory().resolve(odd));
    }
    try (SoftwareBackend backend = store.open()) {
      assertThat(backend.list(TestStore.call())).containsExactly(TestStore.NAME);
    }
  }
}
