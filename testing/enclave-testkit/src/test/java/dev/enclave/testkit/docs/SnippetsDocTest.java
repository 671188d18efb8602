package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SnippetsDocTest {

  /** Where the programs are that documents quote. */
  private static final List<String> PROGRAMS =
      List.of(
          "testing/enclave-testkit/src/test/java/dev/enclave/testkit/firstday/",
          "testing/enclave-campaign/src/test/java/dev/enclave/campaign/demo/backend/",
          "enclave-jobs/src/test/java/dev/enclave/jobs/",
          "enclave-jca/src/test/java/dev/enclave/jca/",
          "enclave-jca/src/test/java/dev/enclave/jca/consumer/",
          "enclave-browser/src/test/java/dev/enclave/browser/");

  /**
   * {@code <!-- snippet: File.java#region -->} and the code block after it; with {@code imports}
   * after the region, those from Enclave that the region needs come first.
   */
  private static final Pattern SNIPPET =
      Pattern.compile(
          "(<!-- snippet: ([A-Za-z]+\\.java)#([a-z-]+)( imports)? -->\n```java\n)(.*?)(```)",
          Pattern.DOTALL);

  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?dev\\.enclave\\.[\\w.]*?(\\w+);$");

  @Test
  void quoteCodeThatRuns_wordForWord() {
    for (Path file : Repository.documents()) {
      String text = Repository.read(file);
      assertThat(SNIPPET.matcher(text).results())
          .as("every snippet mark in " + file + " is followed by a Java block")
          .hasSize(text.split("<!-- snippet: ", -1).length - 1);
      String expected =
          SNIPPET
              .matcher(text)
              .replaceAll(
                  snippet ->
                      Matcher.quoteReplacement(
                          snippet.group(1)
                              + (snippet.group(4) == null
                                  ? region(snippet.group(2), snippet.group(3))
                                  : withImports(snippet.group(2), snippet.group(3)))
                              + snippet.group(6)));
      Document.at(file).requireEqual(text, expected);
    }
  }

  @Test
  void quoteEveryFileOfTheFirstDay() {
    Set<String> quoted = new TreeSet<>();
    for (Path file : Repository.documents()) {
      SNIPPET.matcher(Repository.read(file)).results().map(s -> s.group(2)).forEach(quoted::add);
    }
    assertThat(quoted)
        .contains(
            "WalletService.java",
            "TokenIssuer.java",
            "EthereumTransaction.java",
            "KeyRotationJob.java",
            "FrameworkConfiguration.java",
            "Verification.java",
            "Administrator.java",
            "PocketProvider.java");
  }

  private static String withImports(String file, String name) {
    String region = region(file, name);
    String imports =
        IMPORT
            .matcher(Repository.read(program(file)))
            .results()
            .filter(it -> Pattern.compile("\\b" + it.group(1) + "\\b").matcher(region).find())
            .map(it -> it.group() + "\n")
            .collect(Collectors.joining());
    assertThat(imports).as("imports that " + file + "#" + name + " needs").isNotEmpty();
    return imports + "\n" + region;
  }

  private static String region(String file, String name) {
    MatchResult region =
        Pattern.compile(
                "(?m)^ *// region " + Pattern.quote(name) + "\n(.*?)^ *// endregion$",
                Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(Repository.read(program(file)))
            .results()
            .findFirst()
            .orElseThrow(() -> new AssertionError(file + " has no region " + name));
    return region.group(1).stripTrailing().stripIndent().replaceFirst("^\n+", "") + "\n";
  }

  private static Path program(String file) {
    return PROGRAMS.stream()
        .map(folder -> Repository.root().resolve(folder + file))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + file + " in " + PROGRAMS));
  }
}
