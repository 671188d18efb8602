package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class ThreatModelDocTest {

  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]+)(?:\\.([a-zA-Z_]+))?`");

  @Test
  void namesTestsThatExist() {
    List<Path> sources = Repository.testSources();
    SoftAssertions softly = new SoftAssertions();
    rows()
        .forEach(
            row -> {
              Matcher test = TEST.matcher(lastCell(row));
              while (test.find()) {
                softly.assertThat(exists(sources, test)).as(test.group()).isTrue();
              }
            });
    softly.assertAll();
  }

  @Test
  void saysForEveryThreat_whichTestShowsItOrThatItComesLater() {
    assertThat(rows())
        .hasSize(37)
        .allSatisfy(
            row ->
                assertThat(TEST.matcher(lastCell(row)).find() || lastCell(row).contains("later"))
                    .as(row)
                    .isTrue());
  }

  private static List<String> rows() {
    return Repository.read("docs/threat-model.md")
        .lines()
        .filter(line -> line.matches("\\| [0-9]+ \\|.*"))
        .toList();
  }

  private static String lastCell(String row) {
    String[] cells = row.split(" \\| ", -1);
    return cells[cells.length - 1];
  }

  private static boolean exists(List<Path> sources, Matcher test) {
    String method = test.group(2);
    return sources.stream()
        .filter(file -> file.getFileName().toString().equals(test.group(1) + ".java"))
        .anyMatch(file -> method == null || Repository.read(file).contains(" " + method + "("));
  }
}
