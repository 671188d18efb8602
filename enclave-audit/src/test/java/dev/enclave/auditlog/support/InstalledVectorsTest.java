package dev.enclave.auditlog.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledVectorsTest {

  private final Path directory;

  InstalledVectorsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void missingVectorsFail_whereTheyAreRequired() {
    assertThatThrownBy(
            () -> InstalledVectors.present(directory.resolve("none"), "some-package", true))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("apt-get install some-package");
  }

  @Test
  void missingVectorsAreToldElsewhere_andThoseThatAreThereAreUsed() {
    assertThat(InstalledVectors.present(directory.resolve("none"), "some-package", false))
        .isFalse();
    assertThat(InstalledVectors.present(directory, "some-package", true)).isTrue();
  }
}
