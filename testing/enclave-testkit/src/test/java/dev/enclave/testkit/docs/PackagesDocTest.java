package dev.enclave.testkit.docs;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PackagesDocTest {

  private static final String DOCUMENT = "docs/architecture.md";

  private static final String ENGINE = "enclave-core";

  private static final int MOST_FILES = 30;

  /** Applications and authors of backends import these, and find all in one place. */
  private static final Set<String> LARGE_BY_DESIGN =
      Set.of("dev.enclave", "dev.enclave.spi.backend");

  @Test
  void showsEveryPackageOfModulesThatHaveSeveral_withThoseItUses() {
    assertThat(modules()).hasSizeGreaterThan(8);
    for (PackageTable module : modules()) {
      Document.at(DOCUMENT)
          .requireGenerated(
              "packages of " + module.name(),
              module.name().equals(ENGINE)
                  ? module.tableWithSizes(Repository.read(DOCUMENT))
                  : module.table());
    }
  }

  @Test
  void theEngineHasAtMost20Packages() {
    assertThat(modules())
        .filteredOn(module -> module.name().equals(ENGINE))
        .singleElement()
        .satisfies(module -> assertThat(module.size()).isLessThanOrEqualTo(20));
  }

  @Test
  void sizesStayInTheTable_whileTheyAreAboutRight() {
    PackageTable engine = PackageTable.of(Repository.root().resolve(ENGINE + "/src/main/java"));
    String table = engine.tableWithSizes("");
    assertThat(table).containsPattern("\\| `\\.call` \\| [^|]* \\| \\d+00 \\| `RetryingCaller` ");
    String near = moreLines(table, 100);
    assertThat(near).isNotEqualTo(table);
    assertThat(engine.tableWithSizes(near)).isEqualTo(near);
    assertThat(engine.tableWithSizes(moreLines(table, 2000))).isEqualTo(table);
  }

  private static String moreLines(String table, int more) {
    return Pattern.compile("\\| (\\d+) \\|")
        .matcher(table)
        .replaceAll(cell -> "| " + (Integer.parseInt(cell.group(1)) + more) + " |");
  }

  @Test
  void showsNoOtherModule() {
    Set<String> known =
        modules().stream().map(PackageTable::name).collect(toCollection(TreeSet::new));
    assertThat(shown()).isEqualTo(known);
  }

  @Test
  void packagesFormNoCircle_butInTheApi() {
    Set<String> circles = new TreeSet<>();
    modules().stream()
        .filter(module -> !module.name().equals("enclave-api"))
        .forEach(module -> circles.addAll(module.circle()));
    assertThat(circles).isEmpty();
  }

  @Test
  void noPackageHasMoreThan30Files_butThoseNamedHere() {
    Set<String> large = new TreeSet<>();
    for (Path sources : sources()) {
      PackageTable.of(sources)
          .sizes()
          .forEach(
              (name, size) -> {
                if (size > MOST_FILES) {
                  large.add(name);
                }
              });
    }
    assertThat(large).isEqualTo(LARGE_BY_DESIGN);
  }

  @Test
  void theMapAndTheTablesNameEveryModule() {
    String document = Repository.read(DOCUMENT);
    String map = document.split("```", -1)[1];
    for (Path module : Checkout.modules()) {
      String name = String.valueOf(module.getFileName());
      assertThat(map).containsPattern(Pattern.quote(name) + " ");
      assertThat(document).containsOnlyOnce("\n| `" + name + "` | ");
    }
  }

  @Test
  void theWalksNameClassesThatExist() {
    Set<String> named = new TreeSet<>();
    for (String operation : List.of("sign", "rotate")) {
      String walk =
          Repository.read(DOCUMENT).split("## The path of one " + operation + "\\(\\)", -1)[1];
      Pattern.compile("`([A-Z][A-Za-z0-9]+(?<!Test))`")
          .matcher(walk.substring(0, walk.indexOf("\n## ")))
          .results()
          .map(name -> name.group(1))
          .forEach(named::add);
    }
    assertThat(named).hasSizeGreaterThan(60);
    assertThat(Repository.mainClasses()).containsAll(named);
  }

  /** Those with more than two packages. */
  private static List<PackageTable> modules() {
    return sources().stream().map(PackageTable::of).filter(module -> module.size() > 2).toList();
  }

  private static Set<String> shown() {
    return Pattern.compile("<!-- generated: packages of (\\S+) -->")
        .matcher(Repository.read(DOCUMENT))
        .results()
        .map(part -> part.group(1))
        .collect(toCollection(TreeSet::new));
  }

  private static List<Path> sources() {
    return Checkout.modules().stream()
        .map(module -> module.resolve("src/main/java"))
        .filter(Files::isDirectory)
        .sorted()
        .toList();
  }
}
