package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class LinksDocTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");

  @Test
  void leadToFilesThatExist() {
    SoftAssertions softly = new SoftAssertions();
    for (Path file : Repository.documents()) {
      LINK.matcher(Repository.read(file))
          .results()
          .map(link -> link.group(1))
          .filter(target -> !target.contains("://"))
          .forEach(
              target ->
                  softly
                      .assertThat(file.resolveSibling(target))
                      .as("link in " + Repository.root().relativize(file))
                      .exists());
    }
    softly.assertAll();
    assertThat(Repository.documents()).hasSizeGreaterThan(10);
  }
}
