package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scripts/test.sh} leaves out on a machine that lacks what some tests need. */
@Tag("full")
class TestScriptTest {

  /** How the script finds out whether openssl is installed. */
  private static final String INSTALLED = "|command -v openssl\n";

  @Test
  void leavesOutTestsOfTheFirstTier_whoseNeedIsNotInstalled(@TempDir Path checkout)
      throws Exception {
    String script = Files.readString(Path.of("../scripts/test.sh"));
    assertThat(script).contains(INSTALLED);
    write(checkout, "scripts/test.sh", script.replace(INSTALLED, "|false\n"));
    write(
        checkout,
        "scripts/TestReport.java",
        Files.readString(Path.of("../scripts/TestReport.java")));
    write(checkout, "pom.xml", "  <module>module</module>\n");
    write(checkout, "module/pom.xml", "");
    write(checkout, "module/src/test/java/NeedyTest.java", "@Tag(\"needs-openssl\")\n");
    Path maven = write(checkout, "bin/mvn", "#!/bin/sh\necho \"$@\" >arguments\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    ProcessBuilder run = new ProcessBuilder("bash", "scripts/test.sh");
    run.directory(checkout.toFile());
    run.environment().merge("PATH", maven.getParent() + ":", (path, first) -> first + path);
    // That Maven runs no test.
    assertThat(Ended.run(run).failed()).contains("tests that need openssl, which is not installed");
    assertThat(checkout.resolve("arguments"))
        .content()
        .contains("-Dtests.without=full | needs-openssl");
  }

  private static Path write(Path checkout, String file, String text) throws Exception {
    Path path = checkout.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    return Files.writeString(path, text);
  }
}
