package dev.enclave.core.internal.config;

import dev.enclave.EnvironmentType;
import dev.enclave.core.internal.config.Configuration.Entry;
import dev.enclave.core.internal.config.Configuration.IgnoredLowering;
import dev.enclave.core.internal.config.Configuration.IgnoredLowering.Stricter;
import dev.enclave.core.internal.config.Configuration.Overridden;
import dev.enclave.core.internal.config.Precedence.Source.Statement;
import dev.enclave.core.internal.config.Setting.Implied;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which of several values of a setting is in force; a pure function of the sources.
 *
 * <p>The later value wins. A setting that {@link Settings} lets be lowered has one exception: a
 * value that is less strict than one before it is ignored, unless the source of the stricter one
 * names the setting in {@code enclave.may-be-lowered}. No source acknowledges the lowering of its
 * own values: what a start script appends to a command line is no other source to the JVM.
 */
final class Precedence {

  /**
   * One place that settings come from.
   *
   * @param place where a reader finds it, and where an acknowledgement is set
   * @param statements in the order in which the place states them
   */
  record Source(String place, List<Statement> statements) {

    /**
     * One setting as a source states it.
     *
     * @param name the setting's full name
     * @param value as written
     * @param origin the source, for reports and messages
     */
    record Statement(String name, String value, String origin) {}

    Source {
      statements = List.copyOf(statements);
    }
  }

  /**
   * The answer.
   *
   * @param entries the values in force
   * @param ignored the values that are not, because each would lower a setting of the policy
   * @param overridden the settings that have another value in a source that does not win
   */
  record Decision(
      Map<String, Entry> entries, List<IgnoredLowering> ignored, List<Overridden> overridden) {}

  /**
   * A value that a source states.
   *
   * @param source the number of the source
   * @param strictest whether every other value is laxer
   * @param mayBeLowered whether the source lets later ones lower it
   */
  private record StatedValue(
      int source, String place, Entry entry, boolean strictest, boolean mayBeLowered) {}

  private static final String ENVIRONMENT = Settings.ENVIRONMENT.name();
  private static final String MAY_BE_LOWERED = Settings.MAY_BE_LOWERED.name();

  private final List<Source> sources;
  private final List<Set<String>> acknowledged = new ArrayList<>();
  private final Map<String, Entry> entries = new TreeMap<>();
  private final List<IgnoredLowering> ignored = new ArrayList<>();
  private final List<Overridden> overridden = new ArrayList<>();

  private Precedence(List<Source> sources) {
    this.sources = sources;
  }

  /**
   * Decides.
   *
   * @param sources each wins over those before it
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) when an
   *     acknowledgement names no setting of the policy
   */
  static Decision decide(List<Source> sources) {
    Precedence precedence = new Precedence(sources);
    precedence.readAcknowledgements();
    precedence.decideAll();
    return new Decision(
        precedence.entries, List.copyOf(precedence.ignored), List.copyOf(precedence.overridden));
  }

  private void readAcknowledgements() {
    Map<String, String> stated = new LinkedHashMap<>();
    for (Source source : sources) {
      Set<String> names = new TreeSet<>();
      for (Statement statement : source.statements()) {
        if (statement.name().equals(MAY_BE_LOWERED)) {
          names = lowerable(statement);
          stated.put(statement.origin(), statement.value());
        }
      }
      acknowledged.add(names);
    }
    if (stated.size() == 1) {
      stated.forEach((origin, value) -> put(MAY_BE_LOWERED, value, origin));
    } else if (!stated.isEmpty()) {
      List<String> each = new ArrayList<>();
      stated.forEach((origin, value) -> each.add(value + " (" + origin + ")"));
      put(MAY_BE_LOWERED, String.join("; ", each), Texts.EACH_SOURCE.with());
    }
  }

  private void put(String name, String value, String origin) {
    entries.put(name, new Entry(value, origin));
  }

  private static Set<String> lowerable(Statement statement) {
    Set<String> names = new TreeSet<>();
    for (String name : statement.value().split(",", -1)) {
      if (Settings.lowerable(name.strip()).isEmpty()) {
        throw Texts.NOT_TO_BE_LOWERED.as(
            ErrorCode.CONFIGURATION_INVALID_VALUE,
            Configuration.stated(statement.name(), statement.value(), statement.origin()),
            String.join(", ", Settings.lowerable()));
      }
      names.add(name.strip());
    }
    return names;
  }

  private void decideAll() {
    Map<String, List<StatedValue>> byName = new TreeMap<>();
    for (int i = 0; i < sources.size(); i++) {
      for (Statement statement : sources.get(i).statements()) {
        if (!statement.name().equals(MAY_BE_LOWERED)) {
          byName
              .computeIfAbsent(statement.name(), name -> new ArrayList<>())
              .add(said(i, statement));
        }
      }
    }
    // First, since it implies defaults.
    List<StatedValue> environments = byName.remove(ENVIRONMENT);
    List<StatedValue> declared = List.of();
    if (environments != null) {
      StatedValue inForce = decide(ENVIRONMENT, List.of(), environments);
      putInForce(ENVIRONMENT, inForce, environments);
      declared = notLowered(environments, inForce);
    }
    List<StatedValue> approvers =
        byName.getOrDefault(Settings.MIGRATION_APPROVERS.name(), List.of());
    for (Map.Entry<String, List<StatedValue>> each : byName.entrySet()) {
      int first = each.getValue().get(0).source();
      List<StatedValue> implied =
          implied(each.getKey(), before(first, declared), before(first, approvers));
      StatedValue inForce = decide(each.getKey(), implied, each.getValue());
      if (!implied.contains(inForce)) {
        putInForce(each.getKey(), inForce, each.getValue());
      }
    }
  }

  private static List<StatedValue> before(int source, List<StatedValue> stated) {
    return stated.stream().filter(each -> each.source() < source).toList();
  }

  private void putInForce(String name, StatedValue inForce, List<StatedValue> stated) {
    entries.put(name, inForce.entry());
    List<String> losing =
        stated.stream()
            .map(StatedValue::entry)
            .filter(entry -> !entry.value().equals(inForce.entry().value()))
            .filter(entry -> ignored.stream().noneMatch(i -> i.entry().equals(entry)))
            .map(Entry::source)
            .filter(source -> !source.equals(inForce.entry().source()))
            .distinct()
            .toList();
    if (!losing.isEmpty()) {
      overridden.add(new Overridden(name, inForce.entry().source(), losing));
    }
  }

  /** What led to the environment type in force: each as strict as those before it. */
  private static List<StatedValue> notLowered(List<StatedValue> environments, StatedValue inForce) {
    List<StatedValue> raising = new ArrayList<>();
    if (!Settings.ENVIRONMENT.readable(inForce.entry().value())) {
      return raising;
    }
    for (StatedValue each : environments) {
      if (asStrict(inForce, each) && raising.stream().allMatch(before -> asStrict(each, before))) {
        raising.add(each);
      }
    }
    return raising;
  }

  private static boolean asStrict(StatedValue environment, StatedValue other) {
    return Settings.ENVIRONMENT.atLeast(environment.entry().value(), other.entry().value());
  }

  private StatedValue said(int source, Statement statement) {
    return new StatedValue(
        source,
        sources.get(source).place(),
        new Entry(statement.value(), statement.origin()),
        false,
        acknowledged.get(source).contains(statement.name()));
  }

  /**
   * A source that declares the environment type states the defaults of that type, if none stated
   * another value before. A later source that declares the type too takes nothing of that back. A
   * source that names approvers means as many of them as are asked for where nobody says.
   */
  private List<StatedValue> implied(
      String name, List<StatedValue> environments, List<StatedValue> approvers) {
    Optional<Setting<?>> row = Settings.lowerable(name);
    List<StatedValue> implied = new ArrayList<>();
    for (StatedValue each : environments) {
      EnvironmentType type = Settings.ENVIRONMENT.reader().apply(each.entry().value());
      String origin = Texts.DEFAULT_OF_ENVIRONMENT.with(Configuration.spelled(type));
      row.flatMap(setting -> setting.implied().apply(type))
          .ifPresent(value -> implied.add(said(each, name, value, origin)));
    }
    if (name.equals(Settings.MIGRATION_QUORUM.name())) {
      Implied quorum = new Implied(Settings.MIGRATION_QUORUM.usual().toString(), false);
      String origin = Texts.QUORUM_OF_APPROVERS.with();
      approvers.forEach(each -> implied.add(said(each, name, quorum, origin)));
    }
    return implied;
  }

  private StatedValue said(StatedValue by, String name, Implied value, String origin) {
    return new StatedValue(
        by.source(),
        by.place(),
        new Entry(value.shown(), Texts.IMPLIED_BY.with(origin, by.entry().source())),
        value.strictest(),
        acknowledged.get(by.source()).contains(name));
  }

  private StatedValue decide(String name, List<StatedValue> implied, List<StatedValue> stated) {
    StatedValue last = stated.get(stated.size() - 1);
    Optional<Setting<?>> row = Settings.lowerable(name);
    if (row.isEmpty()) {
      return last;
    }
    Setting<?> setting = row.get();
    for (int i = stated.size() - 1; i >= 0; i--) {
      if (!setting.readable(stated.get(i).entry().value())) {
        // Whoever reads the setting refuses the value: it cannot be compared with another.
        return stated.get(i);
      }
    }
    List<StatedValue> all = new ArrayList<>(implied);
    all.addAll(stated);
    List<StatedValue> binding = new ArrayList<>();
    for (StatedValue later : all) {
      List<Stricter> stricter =
          binding.stream()
              .filter(earlier -> forbids(setting, earlier, later))
              .map(s -> new Stricter(s.entry(), s.place(), s.source() == later.source()))
              .toList();
      if (stricter.isEmpty()) {
        binding.add(later);
      } else if (!implied.contains(later)) {
        ignored.add(new IgnoredLowering(name, later.entry(), setting.ordered(), stricter));
      }
    }
    return binding.get(binding.size() - 1);
  }

  private static boolean forbids(Setting<?> setting, StatedValue earlier, StatedValue later) {
    boolean acknowledged = earlier.mayBeLowered() && earlier.source() != later.source();
    if (acknowledged || later.strictest()) {
      return false;
    }
    return earlier.strictest() || !setting.atLeast(later.entry().value(), earlier.entry().value());
  }
}
