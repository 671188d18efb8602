package dev.enclave.core.internal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProcessEnvironmentTest {

  /** A pipe that nobody writes into has no end: whoever reads it waits for good. */
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ProcessEnvironment environment = ProcessEnvironment.capture();
  private final Path folder;

  ProcessEnvironmentTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Tag("full")
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no mkfifo")
  void readsRegularFiles_andNoPipesOrDevices() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(assertTimeoutPreemptively(LONG, () -> environment.read(pipe.toString()))).isEmpty();
    assertThat(environment.read("/dev/zero")).isEmpty();
    assertThat(environment.read(folder.toString())).isEmpty();
    assertThat(environment.read("/proc/self/mountinfo")).isPresent();
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("file"));
    Files.writeString(folder.resolve("file"), "text");
    assertThat(environment.read(link.toString())).contains("text");
  }

  @Test
  void followsLinksToTheRealPath() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "text");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(environment.realPath(folder + "/./link")).contains(file.toRealPath().toString());
    assertThat(environment.realPath(link + "-not")).isEmpty();
    assertThat(environment.realPath("a\0b")).isEmpty();
  }
}
