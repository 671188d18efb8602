package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tags by which the build takes some tests from the others, or leaves them out, are seen. */
class TestTagsTest {

  private static final String TAG = "@Tag(\"alone\")";
  private static final String APART = "<tests.apart>alone";
  private static final String RUN = "<tests.alone.phase>test</tests.alone.phase>";

  @Test
  void aModuleRunsTestsAlone_whereItHasSome_andOnlyThere() throws IOException {
    Map<Path, List<String>> modules = modules();
    List<String> tagged =
        modules.values().stream()
            .flatMap(List::stream)
            .filter(source -> source.contains("\n" + TAG))
            .map(TestTagsTest::className)
            .toList();
    assertThat(tagged).contains("TotalOutageCampaign");
    for (Map.Entry<Path, List<String>> module : modules.entrySet()) {
      boolean alone =
          module.getValue().stream()
              .filter(source -> !source.contains(" abstract class "))
              .anyMatch(source -> runsAlone(source, tagged));
      String pom = Files.readString(module.getKey().resolve("pom.xml"));
      assertThat(pom.contains(APART)).as("%s in %s", APART, module.getKey()).isEqualTo(alone);
      assertThat(pom.contains(RUN)).as("%s in %s", RUN, module.getKey()).isEqualTo(alone);
    }
  }

  /** Engines have tags of their own, and see no others'. */
  @Test
  void propertiesHaveTheTagsOfTheirEngine() throws IOException {
    List<String> properties =
        modules().values().stream()
            .flatMap(List::stream)
            .filter(source -> source.contains("\nimport net.jqwik.api.Property;"))
            .toList();
    assertThat(properties).hasSizeGreaterThan(4);
    assertThat(properties)
        .filteredOn(source -> source.contains("\nimport org.junit.jupiter.api.Tag;"))
        .extracting(TestTagsTest::className)
        .isEmpty();
  }

  /**
   * Maven's {@code -Dtest} overrides names: each of a module's runs would take all tests. What is
   * written down overrides {@code -Dmaven.test.skip}.
   */
  @Test
  void noRunChoosesTestsByTheirNames_orDecidesWhetherTestsAreSkipped() throws IOException {
    List<Path> poms = new ArrayList<>(List.of(Checkout.root().resolve("pom.xml")));
    modules().keySet().forEach(module -> poms.add(module.resolve("pom.xml")));
    int found = 0;
    for (Path pom : poms) {
      Matcher surefire =
          Pattern.compile("(?s)<artifactId>maven-surefire-plugin</artifactId>.*?</plugin>")
              .matcher(Files.readString(pom));
      while (surefire.find()) {
        found++;
        assertThat(surefire.group())
            .as("%s", pom)
            .doesNotContain("<include", "<exclude>", "<excludes", "<test>", "<skip");
      }
    }
    assertThat(found).isGreaterThan(1);
  }

  /** What the engine of local mathematics decides runs with each engine. */
  @Test
  void testsOfPublishedVectorsRunWithEachEngine() throws IOException {
    List<String> vectors =
        sources(Checkout.root().resolve("enclave-crypto/src/test")).stream()
            .filter(source -> className(source).matches("(Wycheproof|KnownAnswer)\\w*Test"))
            .toList();
    assertThat(vectors).hasSizeGreaterThan(4);
    assertThat(vectors)
        .filteredOn(source -> !source.contains("\n@Tag(\"each-engine\")"))
        .extracting(TestTagsTest::className)
        .isEmpty();
  }

  private static boolean runsAlone(String source, List<String> tagged) {
    return source.contains("\n" + TAG)
        || tagged.stream().anyMatch(name -> source.contains(" extends " + name + " "));
  }

  /** Of a file with one public or package-private class, the first of its name. */
  private static String className(String source) {
    return source.replaceFirst("(?s)^.*?\n[a-z ]*\\bclass (\\w+)\\b.*$", "$1");
  }

  /** The sources of each module, tests among them. */
  private static Map<Path, List<String>> modules() throws IOException {
    Map<Path, List<String>> modules = new TreeMap<>();
    for (Path module : Checkout.modules()) {
      modules.put(module, sources(module.resolve("src")));
    }
    return modules;
  }

  private static List<String> sources(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).map(TestTagsTest::read).toList();
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
