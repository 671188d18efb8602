package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.auditlog.file.LogClaims;
import dev.enclave.auditlog.file.LogFiles;
import dev.enclave.kit.claim.FileClaim;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LogDirectoryTest {

  @Test
  void saysThatAllLanesAreTaken_andNotWhenOneIsFree(@TempDir Path folder) throws IOException {
    Path directory = folder.resolve("audit");
    Events.log(directory, 1);
    List<FileClaim> claims = new ArrayList<>();
    try {
      for (int lane = 0; lane < LogFiles.MOST_LANES; lane++) {
        assertThat(LogDirectory.obstacle(directory)).isEmpty();
        claims.add(LogClaims.tryAnyLane(directory, lane).orElseThrow());
      }

      assertThat(LogDirectory.obstacle(directory).orElseThrow().observed())
          .isEqualTo("all 64 lanes are in use by running processes");

      claims.remove(40).close();
      assertThat(LogDirectory.obstacle(directory)).isEmpty();
    } finally {
      for (FileClaim claim : claims) {
        claim.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/etc", "/tmp", "/var", "/proc/of-nobody/.enclave/audit"})
  void advisesNoChangeOfWhatIsTheSystems(String directory) {
    LogDirectory.obstacle(Path.of(directory))
        .ifPresent(
            refused ->
                assertThat(refused.advice())
                    .containsAnyOf("Name a directory", "Set enclave.audit.directory", "Start the")
                    .doesNotContain("chmod", "chown", "ake it a directory"));
  }
}
