package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A document whose marked parts are made from code. */
final class Document {

  private static final String HOW_TO_UPDATE =
      " is out of date. To rewrite it: mvn test -pl :enclave-testkit -am -Ddocs.update=true"
          + " -Dtest='*DocTest' -Dsurefire.failIfNoSpecifiedTests=false";

  private final Path file;

  private Document(Path file) {
    this.file = file;
  }

  static Document at(String path) {
    return new Document(Repository.root().resolve(path));
  }

  static Document at(Path file) {
    return new Document(file);
  }

  /** The part between {@code <!-- generated: name -->} and {@code <!-- end -->} is this table. */
  void requireGenerated(String name, String table) {
    String text = Repository.read(file);
    Matcher part =
        Pattern.compile(
                "(<!-- generated: " + Pattern.quote(name) + " -->\n)(.*?)(<!-- end -->)",
                Pattern.DOTALL)
            .matcher(text);
    assertThat(part.find()).as(file + " has a part <!-- generated: " + name + " -->").isTrue();
    requireEqual(text, text.substring(0, part.end(1)) + table + text.substring(part.start(3)));
  }

  /** The file is this text; rewrites it when asked to. */
  void requireEqual(String present, String expected) {
    if (Boolean.getBoolean("docs.update")) {
      Repository.write(file, expected);
    } else {
      assertThat(present)
          .as(Repository.root().relativize(file) + HOW_TO_UPDATE)
          .isEqualTo(expected);
    }
  }
}
