package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every mistake of {@code error-cases.txt} gives exactly the exit code and message it states. */
class ErrorCasesTest {

  private static final String GOLDEN = "/error-cases.txt";

  private static Path folder;
  private static World world;
  private static List<ErrorCase> cases;

  @BeforeAll
  static void makeWorld() throws IOException {
    folder = Files.createTempDirectory("enclave-errors-").toRealPath();
    world = new World(folder);
    try (InputStream in = ErrorCasesTest.class.getResourceAsStream(GOLDEN)) {
      cases =
          ErrorCase.parse(
              new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @AfterAll
  static void removeWorld() {
    World.delete(folder);
  }

  @TestFactory
  Stream<DynamicTest> givesTheStatedCodeAndMessage() {
    return cases.stream().map(each -> DynamicTest.dynamicTest(each.title(), () -> compare(each)));
  }

  private static void compare(ErrorCase expected) {
    Cli.Run run = world.machine(expected.machine()).run(expected.args());

    String err = world.normalised(run.err()).strip();
    assertThat(expected.withOutcome(run.code(), err))
        .isEqualTo(expected.withOutcome(expected.code(), expected.err()));
  }

  @Test
  void thereAreAtLeastThirtyCases() {
    assertThat(cases).hasSizeGreaterThanOrEqualTo(30);
  }

  @Test
  void noCaseShowsAStackTrace() {
    assertThat(cases).noneMatch(each -> each.err().contains("Exception"));
  }

  @Test
  void titlesAreDistinct() {
    assertThat(cases).extracting(ErrorCase::title).doesNotHaveDuplicates();
  }
}
