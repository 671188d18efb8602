package dev.enclave.kit.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileClaimTest {

  private final Path gate;
  private final Path file;

  FileClaimTest(@TempDir Path directory) {
    gate = directory.resolve("gate");
    file = directory.resolve("file");
  }

  private FileClaim take() throws IOException {
    return FileClaim.tryTake(gate, 0, file).orElseThrow();
  }

  @Test
  void isHeldOnce_andFreeWhenItIsClosed() throws Exception {
    try (FileClaim claim = take()) {
      assertThat(FileClaim.tryTake(gate, 0, file)).isEmpty();
      claim.require();
    }
    take().close();
  }

  @Test
  void otherFilesBehindTheSameGateAreFree() throws Exception {
    try (FileClaim claim = take();
        FileClaim other = FileClaim.tryTake(gate, 1, file.resolveSibling("other")).orElseThrow()) {
      claim.require();
      other.require();
    }
  }

  @Tag("full")
  @Test
  void staysHeldAgainstOtherProcesses_whenItIsTriedAgainHere() throws Exception {
    try (FileClaim claim = take()) {
      assertThat(FileClaim.tryTake(gate, 0, file)).isEmpty();
      assertThat(ClaimingProcess.claims(gate, file)).isFalse();
      claim.require();
    }
    assertThat(ClaimingProcess.claims(gate, file)).isTrue();
  }

  @Tag("full")
  @Test
  void staysHeld_whenAnotherClassLoaderTriesIt() throws Exception {
    BooleanSupplier copy = copy();
    try (FileClaim claim = take()) {
      assertThat(copy.getAsBoolean()).isFalse();
      assertThat(ClaimingProcess.claims(gate, file)).isFalse();
      claim.require();
    }
    assertThat(copy.getAsBoolean()).isTrue();
  }

  @Tag("full")
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "open files cannot be deleted there")
  void staysHeld_whenTheGateWasDeleted() throws Exception {
    try (FileClaim claim = take()) {
      Files.delete(gate);

      assertThat(FileClaim.tryTake(gate, 0, file)).isEmpty();
      assertThat(FileClaim.tryTake(gate, 0, file)).isEmpty();
      assertThat(ClaimingProcess.claims(gate, file)).isFalse();
      claim.require();
    }
    take().close();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "open files cannot be deleted there")
  void isLostForGood_whenItsFileWasDeleted() throws Exception {
    try (FileClaim claim = take()) {
      Path kept = file.resolveSibling("kept");
      Files.move(file, kept);
      assertThatThrownBy(claim::require).hasMessageContaining("file was deleted, replaced");

      Files.move(kept, file);
      assertThatThrownBy(claim::require).hasMessageContaining("file was deleted, replaced");
      assertThat(claim.lost()).isTrue();
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "open files cannot be deleted there")
  void isLost_whenItsFileWasReplaced() throws Exception {
    try (FileClaim claim = take()) {
      Path other = Files.write(file.resolveSibling("other"), new byte[] {0});
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

      assertThatThrownBy(claim::require).hasMessageContaining("file was deleted, replaced");
    }
  }

  @Tag("full")
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the locks of Windows are a descriptor's")
  void isLost_whenAnotherProcessTookIt_afterSomebodyReadBothFilesHere() throws Exception {
    try (FileClaim claim = take()) {
      Files.readAllBytes(file);
      assertThat(ClaimingProcess.claims(gate, file)).isFalse();
      Files.readAllBytes(gate);
      claim.require();
      assertThat(ClaimingProcess.claims(gate, file)).isTrue();

      assertThatThrownBy(claim::require).hasMessageContaining("taken over");
    }
  }

  @Test
  void leavesAMissingFileAlone_ifToldTo() throws Exception {
    assertThat(FileClaim.tryTakeExisting(gate, 0, file)).isEmpty();
    assertThat(file).doesNotExist();
    take().close();
    FileClaim.tryTakeExisting(gate, 0, file).orElseThrow().close();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "open files cannot be deleted there")
  void makesItsFileAgain_whenItIsClosed() throws Exception {
    FileClaim claim = take();
    Files.delete(file);
    claim.close();

    FileClaim.tryTakeExisting(gate, 0, file).orElseThrow().close();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no POSIX rights")
  void makesFilesForTheirOwnerAlone() throws Exception {
    take().close();
    for (Path made : List.of(gate, file)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
  void followsNoLink_whereTheGateIsToBe() throws Exception {
    Path target = Files.write(file.resolveSibling("target"), new byte[] {1});
    Files.createSymbolicLink(gate, target);

    assertThatThrownBy(this::take).hasMessageContaining("gate is no regular file");
    assertThat(file).doesNotExist();
  }

  @Test
  void keepsEveryFileThatMustStayOpen() throws Exception {
    FileClaim.makeIfMissing(file);
    FileClaim.Look look = FileClaim.look(file).orElseThrow();
    try (RandomAccessFile first = FileClaim.open(file);
        RandomAccessFile second = FileClaim.open(file)) {
      boolean kept = FileClaim.leaveOpen(look, first) && FileClaim.leaveOpen(look, second);

      assertThat(FileClaim.leftOpen(look).isPresent()).isEqualTo(kept);
      assertThat(FileClaim.leftOpen(look).isPresent()).isEqualTo(kept);
      assertThat(FileClaim.leftOpen(look)).isEmpty();
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
  void followsNoLink() throws Exception {
    Path target = Files.createFile(file.resolveSibling("target"));
    Files.createSymbolicLink(file, target);

    assertThatThrownBy(this::take).hasMessageContaining("file is no regular file");
    assertThat(target).isEmptyFile();
  }

  @Test
  void isTakenByAnInterruptedThread_andKept() throws Exception {
    Thread.currentThread().interrupt();
    try (FileClaim claim = take()) {
      claim.require();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private BooleanSupplier copy() throws Exception {
    ClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
    return (BooleanSupplier)
        loader
            .loadClass(Claiming.class.getName())
            .getConstructor(String.class, String.class)
            .newInstance(gate.toString(), file.toString());
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> entries = new ArrayList<>();
    StringTokenizer paths =
        new StringTokenizer(System.getProperty("java.class.path", ""), File.pathSeparator);
    while (paths.hasMoreTokens()) {
      entries.add(Path.of(paths.nextToken()).toUri().toURL());
    }
    return entries.toArray(URL[]::new);
  }

  /** Tells whether the copy of the class in another class loader could claim the file. */
  public static final class Claiming implements BooleanSupplier {

    private final Path gate;
    private final Path file;

    public Claiming(String gate, String file) {
      this.gate = Path.of(gate);
      this.file = Path.of(file);
    }

    @Override
    public boolean getAsBoolean() {
      try {
        var claim = FileClaim.tryTake(gate, 0, file);
        if (claim.isPresent()) {
          claim.get().close();
        }
        return claim.isPresent();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
