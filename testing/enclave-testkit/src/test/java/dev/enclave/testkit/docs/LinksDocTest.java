package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class LinksDocTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");

  private static final Pattern ANCHOR = Pattern.compile("\\]\\(([^)#\\s]*)#([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

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

  @Test
  void leadToHeadingsThatExist() {
    SoftAssertions softly = new SoftAssertions();
    AtomicInteger anchors = new AtomicInteger();
    for (Path file : Repository.documents()) {
      ANCHOR
          .matcher(Repository.read(file))
          .results()
          .filter(link -> !link.group(1).contains("://"))
          .forEach(
              link -> {
                Path target =
                    link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1)).normalize();
                if (target.toString().endsWith(".md")) {
                  anchors.incrementAndGet();
                  softly
                      .assertThat(headings(target))
                      .as(Repository.root().relativize(file) + " links to " + target.getFileName())
                      .contains(link.group(2));
                }
              });
    }
    softly.assertAll();
    assertThat(anchors.get()).isGreaterThan(50);
  }

  /** As the place where the documents are read names headings: in lower case, without marks. */
  private static Set<String> headings(Path document) {
    return HEADING
        .matcher(Repository.read(document))
        .results()
        .map(
            heading ->
                heading
                    .group(1)
                    .strip()
                    .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\w\\- ]", "")
                    .replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
