package dev.enclave.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GlossaryDocTest {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([^|`]+) \\| [^|]+ \\| ([^|]+) \\|$");
  private static final Pattern CLASS = Pattern.compile("`(\\w+)`");

  @Test
  void namesClassesThatExist() {
    Set<String> named = new TreeSet<>();
    for (MatchResult row : rows()) {
      CLASS.matcher(row.group(2)).results().forEach(name -> named.add(name.group(1)));
    }
    assertThat(named).hasSizeGreaterThan(40);
    named.removeAll(Repository.mainClasses());
    assertThat(named).as("classes of the glossary that are not there").isEmpty();
  }

  @Test
  void isSortedByTerm_andShort() {
    List<String> terms = rows().stream().skip(1).map(row -> row.group(1)).toList();
    assertThat(terms).isSortedAccordingTo(String.CASE_INSENSITIVE_ORDER).hasSizeBetween(20, 40);
  }

  private static List<MatchResult> rows() {
    return ROW.matcher(Repository.read("docs/glossary.md")).results().toList();
  }
}
