package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.docs.Guide;
import dev.enclave.processes.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tags by which the build takes some tests from the others, or leaves them out, are seen. */
class TestTagsTest {

  /** Modules that are there for tests. */
  private static final Set<String> OF_TESTS =
      Set.of("enclave-campaign", "enclave-processes", "enclave-testkit");

  private static final String HEAD =
      """
      | module | quick, at 0e867681 | exhaustive, at 0e867681 | first tier | only `--full` |
      |---|---|---|---|---|
      """;
  private static final Pattern BEFORE =
      Pattern.compile("(?m)^\\| `(enclave-[a-z0-9-]+)` \\| (\\d+) \\| (\\d+) \\|");
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| `(enclave-[a-z0-9-]+)` \\| \\d+ \\| \\d+ \\| (\\d+) \\| (\\d+) \\|$");

  private static List<TestSource> tests = List.of();

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
    List<Path> poms = new ArrayList<>(List.of(Path.of("../pom.xml")));
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

  /** Nor compiles it: the tests take longer to compile than what they test. */
  @Test
  void noScriptThatBuildsForUseRunsATest() throws IOException {
    List<Path> files = new ArrayList<>(List.of(Path.of("../enclave"), Path.of("../README.md")));
    try (Stream<Path> scripts = Files.list(Path.of("../scripts"))) {
      files.addAll(scripts.filter(f -> f.toString().endsWith(".sh")).toList());
    }
    List<String> builds = new ArrayList<>();
    for (Path file : files) {
      Files.readString(file)
          .replace("\\\n", "")
          .lines()
          .filter(line -> line.matches(".*\\bmvn .*\\b(package|install)\\b.*"))
          .forEach(builds::add);
    }
    assertThat(builds)
        .hasSizeGreaterThan(2)
        .allSatisfy(build -> assertThat(build).contains(" -Dmaven.test.skip"));
  }

  /** What the engine of local mathematics decides runs with each engine. */
  @Test
  void testsOfPublishedVectorsRunWithEachEngine() throws IOException {
    List<String> vectors =
        sources(Path.of("../enclave-crypto/src/test")).stream()
            .filter(source -> className(source).matches("(Wycheproof|KnownAnswer)\\w*Test"))
            .toList();
    assertThat(vectors).hasSizeGreaterThan(4);
    assertThat(vectors)
        .filteredOn(source -> !source.contains("\n@Tag(\"each-engine\")"))
        .extracting(TestTagsTest::className)
        .isEmpty();
  }

  /** What docs/testing.md promises of {@code scripts/test.sh}. */
  @Test
  void noTestOfTheFirstTierStartsAProcess_orWaitsOnARealClock() throws IOException {
    assertThat(tests).hasSizeGreaterThan(1_000);
    assertThat(tests).flatExtracting(TestSource::startedInTheFirstTier).isEmpty();
  }

  /** With processes and clocks of all kinds, some of them behind a helper or in a class above. */
  @Test
  void findsWhatStartsAProcess() {
    List<TestSource> sources =
        List.of(
            source("Started", "  static void by() { new ProcessBuilder(\"sh\"); }"),
            source(
                "Held", "  static void by() { Started.by(); }\n  static int one() { return 1; }"),
            source("HeldTest", "  @Test\n  void holds() {\n    Held.by();\n  }"),
            source("OtherTest", "  @Test\n  void holds() {\n    Held.one(); // Held.by()\n  }"),
            source(
                "FieldTest",
                "  int x = waited();\n  int waited() { Thread.sleep(1); }\n  @Test\n  void x() {}"),
            source(
                "TaggedTest", "  @Tag(\"full\")\n  @Test\n  void holds() {\n    Held.by();\n  }"),
            source("NeedyTest", "  @Tag(\"needs-openssl\")\n  @Test\n  void opens() {}"));
    TestSource.connect(sources);
    assertThat(sources)
        .flatExtracting(TestSource::startedInTheFirstTier)
        .containsExactly("m HeldTest.holds", "m FieldTest.x", "m NeedyTest.opens");
  }

  private static TestSource source(String name, String body) {
    return new TestSource(
        "m", name, false, "package p;\n\nclass " + name + " {\n" + body + "\n}\n");
  }

  @Test
  void whatRunsAlone_isNotInTheFirstTier() throws IOException {
    assertThat(tests).anyMatch(TestSource::isAlone);
    assertThat(tests)
        .filteredOn(test -> test.isAlone() && !test.isFull())
        .extracting(test -> test.name)
        .isEmpty();
  }

  /** The table may say less than there is, as a test that is new need not be counted at once. */
  @Test
  void noModuleHasFewerTestsThanTheGuideSays() throws IOException {
    Map<String, int[]> counted = new TreeMap<>();
    for (TestSource test : tests) {
      int[] tiers = counted.computeIfAbsent(test.module, module -> new int[2]);
      tiers[0] += test.methods(false);
      tiers[1] += test.methods(true);
    }
    StringBuilder table = new StringBuilder();
    Map<String, int[]> before = before();
    for (String module : union(before.keySet(), counted.keySet())) {
      int[] was = before.getOrDefault(module, new int[2]);
      int[] is = counted.getOrDefault(module, new int[2]);
      if (was[0] + was[1] + is[0] + is[1] > 0) {
        table.append(row(module, was, is));
      }
    }
    Guide guide = Guide.named("testing.md");
    if (Boolean.getBoolean("docs.update")) {
      guide.requireGenerated("test methods", HEAD + table);
    }
    String text = Files.readString(Path.of("../docs/testing.md"));
    Matcher row = ROW.matcher(text);
    int rows = 0;
    while (row.find()) {
      rows++;
      int[] is = counted.getOrDefault(row.group(1), new int[2]);
      assertThat(is[0])
          .as("tests of the first tier in %s", row.group(1))
          .isGreaterThanOrEqualTo(Integer.parseInt(row.group(2)));
      assertThat(is[0] + is[1])
          .as("tests in %s", row.group(1))
          .isGreaterThanOrEqualTo(Integer.parseInt(row.group(2)) + Integer.parseInt(row.group(3)));
    }
    assertThat(rows).isGreaterThan(15);
  }

  private static String row(String module, int[] was, int[] is) {
    return "| `" + module + "` | " + was[0] + " | " + was[1] + " | " + is[0] + " | " + is[1]
        + " |\n";
  }

  /** What the table says of an earlier commit, which nobody can count again. */
  private static Map<String, int[]> before() throws IOException {
    Map<String, int[]> before = new TreeMap<>();
    Matcher row = BEFORE.matcher(Files.readString(Path.of("../docs/testing.md")));
    while (row.find()) {
      before.put(
          row.group(1), new int[] {Integer.parseInt(row.group(2)), Integer.parseInt(row.group(3))});
    }
    return before;
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(others);
    return all;
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

  /** Classes of tests, and those of main code that only tests have. */
  @BeforeAll
  static void readTests() throws IOException {
    List<TestSource> tests = new ArrayList<>();
    for (Path module : Checkout.modules()) {
      tests.addAll(tests(module, "src/test/java", false));
      tests.addAll(tests(module, "src/main/java", true));
    }
    TestSource.connect(tests);
    TestTagsTest.tests = tests;
  }

  private static List<TestSource> tests(Path module, String folder, boolean shared)
      throws IOException {
    if (!Files.isDirectory(module.resolve(folder))
        || (shared && !OF_TESTS.contains(nameOf(module)))) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(module.resolve(folder))) {
      return files
          .filter(f -> f.toString().endsWith(".java") && !f.toString().contains("-info"))
          .map(
              f ->
                  new TestSource(
                      nameOf(module),
                      f.getFileName().toString().replace(".java", ""),
                      shared,
                      read(f)))
          .toList();
    }
  }

  private static String nameOf(Path module) {
    return module.getFileName().toString();
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
