package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every mistake of {@code error-cases.txt} gives exactly the exit code and message it states. What
 * the command really said is written to {@code target/error-cases.actual.txt} to be compared with
 * it.
 */
@Tag("full")
@Tag("needs-openssl")
class ErrorCasesTest {

  private static final String GOLDEN = "/error-cases.txt";

  private static Path folder;
  private static World world;
  private static List<ErrorCase> cases;
  private static final List<String> ACTUAL = new ArrayList<>();

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
  static void removeWorld() throws IOException {
    World.delete(folder);
    Files.writeString(Path.of("target", "error-cases.actual.txt"), String.join("\n", ACTUAL));
  }

  @TestFactory
  Stream<DynamicTest> givesTheStatedCodeAndMessage() {
    return cases.stream().map(each -> DynamicTest.dynamicTest(each.title(), () -> compare(each)));
  }

  private static void compare(ErrorCase expected) {
    Cli.Run run = world.machine(expected.machine()).run(expected.args());

    String err = world.normalised(run.err()).strip();
    String actual = expected.withOutcome(run.code(), err);
    ACTUAL.add(actual);
    assertThat(actual).isEqualTo(expected.withOutcome(expected.code(), expected.err()));
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
  void everyMessageIsOneOrTwoLines_exceptAReportOfReasons() {
    assertThat(cases)
        .filteredOn(each -> !each.err().contains("Enclave does not start"))
        .allMatch(each -> each.err().lines().count() <= 2);
  }

  @Test
  void titlesAreDistinct() {
    assertThat(cases).extracting(ErrorCase::title).doesNotHaveDuplicates();
  }
}
