package dev.enclave.campaign.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.bench.Scenarios;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/write-a-backend.md promises of the demonstration. */
class DemonstrationTest {

  private static final Path BACKEND =
      Path.of("src/test/java/dev/enclave/campaign/demo/backend").toAbsolutePath();

  private static final int PROMISED = 600;

  private static List<String> lines() throws IOException {
    try (Stream<Path> files = Files.list(BACKEND)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(sources).hasSizeGreaterThan(1);
      return sources.stream().flatMap(DemonstrationTest::linesOf).toList();
    }
  }

  private static Stream<String> linesOf(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new AssertionError("cannot be read: " + file, e);
    }
  }

  @Test
  void isShort() throws IOException {
    assertThat(lines()).hasSizeLessThan(PROMISED);
  }

  @Test
  void needsTheApiTheKitAndAReaderOfJson_andNothingElse() throws IOException {
    assertThat(lines().stream().filter(line -> line.startsWith("import ")))
        .allMatch(
            line ->
                line.matches(
                    "import (java\\.|com\\.fasterxml\\.jackson\\.databind\\."
                        + "|dev\\.enclave\\.(kit\\.|error\\.|diagnosis\\.|spi\\."
                        + "|campaign\\.demo\\.backend\\.|[A-Z])|org\\.jspecify\\.).*;"));
  }

  /** So that LostImportsCampaign has nothing to say of it. */
  @Test
  void takesNoKeysIn() {
    assertThat(Scenarios.imports(new KeyhouseUnderTest())).isFalse();
  }
}
