package dev.enclave.core.internal.config;

import dev.enclave.core.internal.config.Precedence.Source;
import dev.enclave.core.internal.config.Precedence.Source.Statement;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The sources of system properties: the variables from which a JVM takes options, its command line,
 * and what the application sets while it runs.
 *
 * <p>Of several {@code -D} options with one name the JVM keeps the last as the property. Its list
 * of options still has all of them, in the order JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS, command line,
 * _JAVA_OPTIONS ({@code java.lang.management.RuntimeMXBean#getInputArguments}). What a file of
 * options says ({@code @file}, {@code -XX:VMOptionsFile}) is in the list too, and counts as the
 * command line.
 */
final class JvmOptions {

  private static final String DEFINE = "-D";
  private static final String COMMAND_LINE = Texts.COMMAND_LINE.with();

  /** White space, which separates; what is quoted, maybe to the end; or neither. */
  private static final Pattern PART =
      Pattern.compile("([ \\t-\\r]+)|\"[^\"]*\"?|'[^']*'?|[^ \\t-\\r\"']+");

  private final Map<String, String> properties;

  private JvmOptions(Map<String, String> properties) {
    this.properties = properties;
  }

  /** The sources that state anything, each wins over those before it. */
  static List<Source> sources(EnvironmentSnapshot environment) {
    Map<String, String> properties = new TreeMap<>(environment.properties());
    properties.keySet().removeIf(name -> !name.startsWith(Settings.PREFIX));
    return properties.isEmpty()
        ? List.of()
        : inRuns(new JvmOptions(properties).statements(environment));
  }

  private List<Statement> statements(EnvironmentSnapshot environment) {
    List<Statement> tools = ofVariable("JAVA_TOOL_OPTIONS", environment);
    List<Statement> launcher = ofVariable("JDK_JAVA_OPTIONS", environment);
    List<Statement> overriding = ofVariable("_JAVA_OPTIONS", environment);
    List<Statement> all = new ArrayList<>();
    if (environment.jvmOptions().isPresent()) {
      all.addAll(settings(environment.jvmOptions().get(), COMMAND_LINE));
      attribute(all, tools);
      attribute(all, launcher);
      Collections.reverse(all);
      Collections.reverse(overriding);
      attribute(all, overriding);
      Collections.reverse(all);
    } else {
      all.addAll(tools);
      all.addAll(launcher);
      all.addAll(overriding);
    }
    all.addAll(setWhileRunning(all));
    return all;
  }

  private List<Statement> ofVariable(String variable, EnvironmentSnapshot environment) {
    return settings(
        words(environment.variable(variable).orElse("")), Texts.IN_VARIABLE.with(variable));
  }

  private List<Statement> settings(List<String> options, String origin) {
    List<Statement> settings = new ArrayList<>();
    for (String option : options) {
      if (option.startsWith(DEFINE)) {
        String[] parts = option.substring(DEFINE.length()).split("=", 2);
        if (properties.containsKey(parts[0])) {
          settings.add(new Statement(parts[0], parts.length == 2 ? parts[1] : "", origin));
        }
      }
    }
    return settings;
  }

  /** Gives a variable's options their origin; a variable that this JVM did not read has none. */
  private static void attribute(List<Statement> all, List<Statement> ofVariable) {
    int from = 0;
    for (Statement statement : ofVariable) {
      Statement other = new Statement(statement.name(), statement.value(), COMMAND_LINE);
      int found = all.subList(from, all.size()).indexOf(other);
      if (found >= 0) {
        all.set(from + found, statement);
        from += found + 1;
      }
    }
  }

  /** What is there now and is not the value of the last option. */
  private List<Statement> setWhileRunning(List<Statement> options) {
    Map<String, String> last = new HashMap<>();
    options.forEach(option -> last.put(option.name(), option.value()));
    List<Statement> others = new ArrayList<>();
    properties.forEach(
        (name, value) -> {
          if (!value.equals(last.get(name))) {
            others.add(new Statement(name, value, Texts.SYSTEM_PROPERTY.with()));
          }
        });
    return others;
  }

  /** One source for what stands together and is of one origin. */
  private static List<Source> inRuns(List<Statement> statements) {
    List<Source> sources = new ArrayList<>();
    int begin = 0;
    for (int end = 1; end <= statements.size(); end++) {
      String origin = statements.get(begin).origin();
      if (end == statements.size() || !statements.get(end).origin().equals(origin)) {
        sources.add(new Source(origin, statements.subList(begin, end)));
        begin = end;
      }
    }
    return sources;
  }

  /**
   * The options in a variable. White space separates; what is in single or double quotes belongs
   * together, the quotes do not; nothing escapes. So say "The java Command", section "Using the
   * JDK_JAVA_OPTIONS Launcher Environment Variable", of JDK 17 and 25, and the JVM reads its own
   * two variables alike.
   */
  static List<String> words(String text) {
    List<StringBuilder> words = new ArrayList<>();
    boolean within = false;
    for (MatchResult match : PART.matcher(text).results().toList()) {
      if (match.group(1) != null) {
        within = false;
        continue;
      }
      if (!within) {
        words.add(new StringBuilder());
      }
      String part = match.group();
      String quote = part.substring(0, 1);
      boolean quoted = quote.equals("\"") || quote.equals("'");
      words.get(words.size() - 1).append(quoted ? part.substring(1).replace(quote, "") : part);
      within = true;
    }
    return words.stream().map(StringBuilder::toString).toList();
  }
}
