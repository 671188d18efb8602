package dev.enclave.testkit.environments;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a recording from its properties file. Strict: a name that stands for nothing, or stands
 * twice, is an error, since a misspelt fact would be a silent lie.
 */
final class RecordingReader {

  /** No comment, and an odd number of backslashes at the end. */
  private static final Pattern CONTINUED = Pattern.compile("\\s*+[^#!].*?(?<!\\\\)(\\\\\\\\)*\\\\");

  private final String name;
  private final Map<String, String> facts;

  private RecordingReader(String name, Map<String, String> facts) {
    this.name = name;
    this.facts = facts;
  }

  static Recording read(String name, String text) {
    RecordingReader reader = new RecordingReader(name, parse(name, text));
    try {
      return reader.recording();
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("Recording " + name + ": " + e.getMessage(), e);
    }
  }

  /** One fact after the other: {@link Properties} itself would take the last of two silently. */
  private static Map<String, String> parse(String name, String text) {
    Map<String, String> facts = new TreeMap<>();
    StringBuilder fact = new StringBuilder();
    for (String line : text.lines().toList()) {
      fact.append(line).append('\n');
      if (!CONTINUED.matcher(line).matches()) {
        add(name, facts, fact.toString());
        fact.setLength(0);
      }
    }
    add(name, facts, fact.toString());
    return facts;
  }

  private static void add(String name, Map<String, String> facts, String fact) {
    Properties one = new Properties();
    try {
      one.load(new StringReader(fact));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String key : one.stringPropertyNames()) {
      if (facts.putIfAbsent(key, one.getProperty(key)) != null) {
        throw new IllegalStateException("Recording " + name + " has " + key + " twice");
      }
    }
  }

  private Recording recording() {
    Recording recording =
        new Recording(
            name,
            required("description"),
            List.copyOf(numbered("source.").values()),
            yesOrNo(required("common")),
            snapshot(),
            section("setting."),
            expectation());
    if (!facts.isEmpty()) {
      throw new IllegalArgumentException(facts.keySet() + " stand for nothing");
    }
    return recording;
  }

  private FakeEnvironment snapshot() {
    FakeEnvironment machine = FakeEnvironment.empty();
    machine = all(machine, "variable.", FakeEnvironment::withVariable);
    machine = all(machine, "property.", FakeEnvironment::withProperty);
    machine = all(machine, "file.", FakeEnvironment::withFile);
    machine = all(machine, "unreadable.", (m, path, nothing) -> m.withUnreadable(path));
    machine = all(machine, "dmi.", FakeEnvironment::withDmi);
    return machine.withMetadata(metadata());
  }

  private interface With {
    FakeEnvironment with(FakeEnvironment machine, String name, String value);
  }

  private FakeEnvironment all(FakeEnvironment machine, String prefix, With with) {
    FakeEnvironment result = machine;
    for (Map.Entry<String, String> fact : section(prefix).entrySet()) {
      result = with.with(result, fact.getKey(), fact.getValue());
    }
    return result;
  }

  private RecordedMetadata metadata() {
    MetadataAnswer otherwise = RecordedMetadata.otherwise(required("metadata.otherwise"));
    Map<Integer, Map<String, String>> exchanges = new TreeMap<>();
    section("metadata.")
        .forEach(
            (key, value) -> {
              int dot = key.indexOf('.');
              if (dot < 0) {
                throw new IllegalArgumentException("metadata." + key + " stands for nothing");
              }
              exchanges
                  .computeIfAbsent(Integer.valueOf(key.substring(0, dot)), n -> new TreeMap<>())
                  .put(key.substring(dot + 1), value);
            });
    return new RecordedMetadata(
        exchanges.values().stream().map(RecordedMetadata.Exchange::of).toList(), otherwise);
  }

  private Expectation expectation() {
    return new Expectation(
        list("expect.present"),
        list("expect.inconclusive"),
        EnvironmentType.valueOf(required("expect.environment")),
        optional("expect.backend").map(BackendId::of),
        optional("expect.refused").map(ErrorCode::valueOf),
        optional("reason"));
  }

  private Set<String> list(String key) {
    return optional(key).stream()
        .flatMap(text -> Arrays.stream(text.split(Pattern.quote(","), -1)))
        .map(String::strip)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Map<Integer, String> numbered(String prefix) {
    Map<Integer, String> numbered = new TreeMap<>();
    section(prefix).forEach((key, value) -> numbered.put(Integer.valueOf(key), value));
    return numbered;
  }

  /** Takes all facts that start so, by the rest of their names. */
  private Map<String, String> section(String prefix) {
    Map<String, String> section = new TreeMap<>();
    for (String key : new ArrayList<>(facts.keySet())) {
      if (key.startsWith(prefix)) {
        section.put(key.substring(prefix.length()), required(key));
      }
    }
    return section;
  }

  private String required(String key) {
    return optional(key).orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
  }

  private Optional<String> optional(String key) {
    return Optional.ofNullable(facts.remove(key));
  }

  private static boolean yesOrNo(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text + " is neither true nor false");
    };
  }
}
