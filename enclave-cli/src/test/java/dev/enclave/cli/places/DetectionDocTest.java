package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DetectionDocTest {

  @Test
  void hasARowForEveryDetector_withItsKind_andNoOther() throws Exception {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/detection.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split("\\|"))
            .map(cells -> cells[1].strip() + " " + cells[3].strip())
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            AllDetectors.list().stream().map(d -> "`" + d.id() + "` " + d.kind()).toList());
  }
}
