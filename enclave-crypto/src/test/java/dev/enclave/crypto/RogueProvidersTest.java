package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is registered first, under whatever name, is not asked; each time in a fresh process. */
class RogueProvidersTest {

  private final Path output;

  RogueProvidersTest(@TempDir Path folder) {
    this.output = folder.resolve("output");
  }

  @Test
  void areNeverAsked_besideTheRealOnes() throws Exception {
    List<String> lines = run();
    assertThat(lines).contains("asked []");
    for (KeyAlgorithm algorithm : KeyAlgorithm.all()) {
      assertThat(lines).contains("engine " + algorithm + " " + TestEngines.of(algorithm));
    }
  }

  // Not SunRsaSign: the JDK itself verifies the signature of Corretto's jar by whoever has that
  // name.
  // Not SUN: without it the JDK has no randomness. JdkHashesTest has it.
  @ParameterizedTest
  @ValueSource(strings = {"SunEC", "SunJCE"})
  void areNeverAsked_inPlaceOfOneOfTheJdks(String name) throws Exception {
    assertThat(run(name)).contains("asked []");
  }

  private List<String> run(String... arguments) throws IOException, InterruptedException {
    List<String> command = JavaCommand.of(RogueProviders.class, arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    return lines;
  }
}
