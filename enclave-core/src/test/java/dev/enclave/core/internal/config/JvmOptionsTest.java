package dev.enclave.core.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.support.MapEnvironment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JvmOptionsTest {

  private final MapEnvironment environment = new MapEnvironment();

  private List<String> told() {
    return JvmOptions.sources(environment).stream()
        .flatMap(source -> source.statements().stream())
        .map(s -> s.origin() + ": " + s.name().substring("enclave.".length()) + "=" + s.value())
        .toList();
  }

  @Test
  void tellsEveryOptionWithItsSource_inTheJvmsOrder() {
    environment
        .variable("JAVA_TOOL_OPTIONS", "-Xmx1g -Denclave.backend=tool")
        .variable("JDK_JAVA_OPTIONS", "-Denclave.backend=launcher")
        .variable("_JAVA_OPTIONS", "-Denclave.backend=last")
        .jvmOptions(
            "-Xmx1g",
            "-Denclave.backend=tool",
            "-Denclave.backend=launcher",
            "-Denclave.backend=typed",
            "-Denclave.backend=last")
        .property("enclave.backend", "last");

    assertThat(told())
        .containsExactly(
            "variable JAVA_TOOL_OPTIONS: backend=tool",
            "variable JDK_JAVA_OPTIONS: backend=launcher",
            "command line: backend=typed",
            "variable _JAVA_OPTIONS: backend=last");
  }

  @Test
  void oneOptionThatTwoSourcesHave_isTheirs() {
    environment
        .variable("JAVA_TOOL_OPTIONS", "-Denclave.backend=os")
        .variable("_JAVA_OPTIONS", "-Denclave.backend=os")
        .jvmOptions("-Denclave.backend=os", "-Denclave.backend=os", "-Denclave.backend=os")
        .property("enclave.backend", "os");

    assertThat(told())
        .containsExactly(
            "variable JAVA_TOOL_OPTIONS: backend=os",
            "command line: backend=os",
            "variable _JAVA_OPTIONS: backend=os");
  }

  /** As a JVM does that the java command did not start. */
  @Test
  void aVariableThatThisJvmDidNotRead_saysNothing() {
    environment
        .variable("JDK_JAVA_OPTIONS", "-Denclave.backend=os")
        .jvmOptions("-Denclave.backend=software")
        .property("enclave.backend", "software");

    assertThat(told()).containsExactly("command line: backend=software");
  }

  @Test
  void whatAFileOfOptionsSays_isTheCommandLines() {
    environment
        .variable("JAVA_TOOL_OPTIONS", "-Denclave.backend=one -XX:VMOptionsFile=more")
        .variable("JDK_JAVA_OPTIONS", "@file -Denclave.backend=three")
        .jvmOptions(
            "-Denclave.backend=one",
            "-Denclave.backend=from-more",
            "-Denclave.backend=from-file",
            "-Denclave.backend=three")
        .property("enclave.backend", "three");

    assertThat(told())
        .containsExactly(
            "variable JAVA_TOOL_OPTIONS: backend=one",
            "command line: backend=from-more",
            "command line: backend=from-file",
            "variable JDK_JAVA_OPTIONS: backend=three");
  }

  @Test
  void whatTheApplicationSetWhileItRan_isASystemProperty() {
    environment
        .jvmOptions("-Denclave.backend=software")
        .property("enclave.backend", "os")
        .property("enclave.precedence", "os");

    assertThat(told())
        .containsExactly(
            "command line: backend=software",
            "system property: backend=os",
            "system property: precedence=os");
  }

  /** The application may have removed a passphrase on purpose. */
  @Test
  void anOptionWhosePropertyIsGone_saysNothing() {
    environment.jvmOptions("-Denclave.software.passphrase=gone");

    assertThat(told()).isEmpty();
  }

  @Test
  void aPropertyThatNoVariableSays_isASystemProperty_whereTheOptionsAreUnknown() {
    environment
        .variable("JAVA_TOOL_OPTIONS", "-Denclave.backend=os -Denclave.precedence=os")
        .property("enclave.backend", "software")
        .property("enclave.precedence", "os");

    assertThat(told())
        .containsExactly(
            "variable JAVA_TOOL_OPTIONS: backend=os",
            "variable JAVA_TOOL_OPTIONS: precedence=os",
            "system property: backend=software");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "-Da=1 -Db=2              | [-Da=1, -Db=2]",
        "`  -Da=1\t\n-Db=2\u000b` | [-Da=1, -Db=2]",
        "-Da=\"x y\"'z w'         | [-Da=x yz w]",
        "\"-Da=it's\"             | [-Da=it's]",
        "-Da=\\x\\\"y z\"         | [-Da=\\x\\y z]",
        "-Da= \"\" -Db            | [-Da=, , -Db]",
        "-Da=\"never closed       | [-Da=never closed]",
        "``                       | []"
      },
      delimiter = '|')
  void readsAVariableAsTheJvmDoes(String text, String words) {
    assertThat(JvmOptions.words(text)).hasToString(words);
  }
}
