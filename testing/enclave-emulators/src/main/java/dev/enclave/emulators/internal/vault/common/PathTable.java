package dev.enclave.emulators.internal.vault.common;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths of a mount, their operations and what handles them ({@code sdk/framework/backend.go}).
 * Not thread-safe until it is filled.
 */
public final class PathTable {

  /** {@code framework.GenericNameRegex}. */
  public static final String NAME = "\\w(?:[\\w.-]+)?\\w|\\w";

  /** Handles calls of one kind. */
  @FunctionalInterface
  public interface Handler {
    VaultAnswer handle(VaultCall call, Parameters parameters);
  }

  /** Values in a path, by the names of the pattern's groups. */
  public record Parameters(Matcher matcher) {

    /** A value; empty if the path lacks it. */
    public String get(String group) {
      String value = matcher.group(group);
      return value == null ? "" : value;
    }
  }

  /** An operation of a path. */
  private record Kind(String name, boolean computes, Handler handler) {}

  private record Path(Pattern pattern, Map<Operation, Kind> kinds) {}

  private record Found(Matcher matcher, Path path) {}

  private final List<Path> paths = new ArrayList<>();

  /**
   * Adds an operation of a path.
   *
   * @param path with names in braces for {@link #NAME}, such as {@code sign/{name}}; otherwise a
   *     regular expression
   * @param name of the operation in the journal
   */
  public PathTable on(String path, Operation operation, String name, Handler handler) {
    return on(path, operation, new Kind(name, false, handler));
  }

  /** Adds an update of a path that only computes: nothing that is stored changes. */
  public PathTable computing(String path, String name, Handler handler) {
    return on(path, Operation.UPDATE, new Kind(name, true, handler));
  }

  private PathTable on(String path, Operation operation, Kind kind) {
    String regex = path.replaceAll("\\{(\\w+)}", "(?<$1>" + Matcher.quoteReplacement(NAME) + ")");
    Path known =
        paths.stream()
            .filter(each -> each.pattern().pattern().equals(regex))
            .findFirst()
            .orElseGet(() -> added(regex));
    known.kinds().put(operation, kind);
    return this;
  }

  private Path added(String regex) {
    Path path = new Path(Pattern.compile(regex), new EnumMap<>(Operation.class));
    paths.add(path);
    return path;
  }

  /** The name of the operation; empty if there is none. */
  public String nameOf(Operation operation, String rest) {
    return found(rest)
        .flatMap(found -> Optional.ofNullable(found.path().kinds().get(operation)))
        .map(Kind::name)
        .orElse("");
  }

  /** Whether the operation only computes. */
  public boolean computes(Operation operation, String rest) {
    return found(rest)
        .flatMap(found -> Optional.ofNullable(found.path().kinds().get(operation)))
        .filter(Kind::computes)
        .isPresent();
  }

  /** The value of a group, if the path has it. */
  public Optional<String> valueOf(String group, String rest) {
    return found(rest)
        .filter(found -> found.path().pattern().pattern().contains("(?<" + group + ">"))
        .map(found -> new Parameters(found.matcher()).get(group))
        .filter(value -> !value.isEmpty());
  }

  private Optional<Found> found(String rest) {
    for (Path path : paths) {
      Matcher matcher = path.pattern().matcher(rest);
      if (matcher.matches()) {
        return Optional.of(new Found(matcher, path));
      }
    }
    return Optional.empty();
  }

  /**
   * Handles a call; {@link Operation#CREATE} is an update where nothing else is said.
   *
   * @throws VaultFailure 404 for an unknown path, 405 for one without the operation
   */
  public VaultAnswer handle(VaultCall call) {
    Found found = found(call.rest()).orElseThrow(VaultFailure::unsupportedPath);
    Operation operation =
        call.operation() == Operation.CREATE ? Operation.UPDATE : call.operation();
    Kind kind = found.path().kinds().get(operation);
    if (kind == null) {
      throw VaultFailure.unsupportedOperation();
    }
    return kind.handler().handle(call, new Parameters(found.matcher()));
  }
}
