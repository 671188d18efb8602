package dev.enclave.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No module with a backend is without a run of all contracts that the table shows. */
class BackendModulesTest {

  private static final String SERVICE =
      "src/main/resources/META-INF/services/dev.enclave.spi.backend.BackendProvider";

  @Test
  void eachRecordsARunOfAllContracts() {
    List<Path> modules =
        Checkout.modules().stream()
            .filter(module -> Files.exists(module.resolve(SERVICE)))
            .toList();
    assertThat(modules).isNotEmpty().allSatisfy(BackendModulesTest::requireARecordedRun);
  }

  private static void requireARecordedRun(Path module) throws IOException {
    try (Stream<Path> tests = Files.walk(module.resolve("src/test/java"))) {
      assertThat(
              tests
                  .filter(file -> file.toString().endsWith(".java"))
                  .map(BackendModulesTest::read)
                  .filter(source -> source.contains("\n@ConformanceRecord("))
                  .filter(source -> source.contains(" implements BackendContract {")))
          .as("recorded runs of all contracts in " + module)
          .isNotEmpty();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
