package dev.enclave.testkit.docs;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The packages of one module: what each has, by the first sentence of its {@code package-info}, and
 * which others its code imports. A package stands below those it uses.
 */
final class PackageTable {

  private static final Pattern SENTENCE =
      Pattern.compile("/\\*\\*(.*?)(?:\\.\\s|\\.?\\s*\\*/)", Pattern.DOTALL);
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?((?:[a-z][a-z0-9_]*\\.)+)(?=[A-Z])[\\w.]*?(\\w+);");
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern TAG = Pattern.compile("\\{@(code|link) ([^}]*)\\}");

  private static final int SHOWN = 3;

  private final String name;
  private final Path sources;
  private final Map<String, List<Path>> files;

  private PackageTable(String name, Path sources, Map<String, List<Path>> files) {
    this.name = name;
    this.sources = sources;
    this.files = files;
  }

  /**
   * @param sources {@code src/main/java} of a module
   */
  static PackageTable of(Path sources) {
    Map<String, List<Path>> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(sources)) {
      all.filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("module-info.java"))
          .sorted()
          .forEach(
              file -> files.computeIfAbsent(name(sources, file), x -> new ArrayList<>()).add(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the sources in " + sources, e);
    }
    Path module = sources.resolve("../../..").normalize();
    return new PackageTable(String.valueOf(module.getFileName()), sources, files);
  }

  private static String name(Path sources, Path file) {
    List<String> folders = new ArrayList<>();
    sources.relativize(file.getParent()).forEach(folder -> folders.add(folder.toString()));
    return String.join(".", folders);
  }

  String name() {
    return name;
  }

  int size() {
    return files.size();
  }

  /** How many files each package has. */
  Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new TreeMap<>();
    files.forEach((one, of) -> sizes.put(one, of.size()));
    return sizes;
  }

  /** The packages that use one another, if only through others. */
  Set<String> circle() {
    Map<String, Set<String>> uses = uses();
    Set<String> left = new TreeSet<>(uses.keySet());
    while (left.removeIf(
        one ->
            uses.getOrDefault(one, Set.of()).stream().noneMatch(left::contains)
                || left.stream()
                    .noneMatch(other -> uses.getOrDefault(other, Set.of()).contains(one)))) {
      // Until all that are left are between two others.
    }
    return left;
  }

  /** As Markdown. */
  String table() {
    return table("", one -> "");
  }

  /**
   * The same with the lines of each package, in hundreds, and its longest classes.
   *
   * @param shown a table from before, which stays as it is while it is about right
   */
  String tableWithSizes(String shown) {
    return table("lines | longest classes | ", one -> sizes(one, shown));
  }

  private String sizes(String one, String shown) {
    Map<String, Long> lines = new TreeMap<>();
    for (Path file : files.getOrDefault(one, List.of())) {
      String type = String.valueOf(file.getFileName()).replace(".java", "");
      if (!type.equals("package-info")) {
        lines.put(type, Repository.read(file).lines().count());
      }
    }
    long all = lines.values().stream().mapToLong(each -> each).sum();
    List<String> longest =
        lines.keySet().stream()
            .sorted(Comparator.comparing((String type) -> lines.getOrDefault(type, 0L)).reversed())
            .limit(SHOWN + 2)
            .toList();
    long hundreds = Math.max(100, Math.round(all / 100.0) * 100);
    List<String> types = longest.subList(0, Math.min(SHOWN, longest.size()));
    Matcher row =
        Pattern.compile("\n\\| " + Pattern.quote(cell(one)) + " \\|[^|]*\\| (\\d+) \\| ([^|]*) \\|")
            .matcher(shown);
    if (row.find()) {
      long before = Long.parseLong(row.group(1));
      if (Math.abs(before - all) <= 100 + all / 10) {
        hundreds = before;
      }
      List<String> typesBefore = List.of(row.group(2).replace("`", "").split(" "));
      if (typesBefore.size() == types.size() && longest.containsAll(typesBefore)) {
        types = typesBefore;
      }
    }
    return hundreds
        + " | "
        + types.stream().map(type -> "`" + type + "`").collect(joining(" "))
        + " | ";
  }

  private String table(String heads, UnaryOperator<String> cells) {
    StringBuilder table =
        new StringBuilder("| package `" + base() + "…` | what it has | " + heads + "uses |\n")
            .append("|---|---|")
            .append(heads.replaceAll("[^|]+\\|", "---|").strip())
            .append("---|\n");
    Map<String, Set<String>> uses = uses();
    for (String one : inOrder(uses)) {
      table
          .append("| ")
          .append(cell(one))
          .append(" | ")
          .append(purpose(one))
          .append(" | ")
          .append(cells.apply(one))
          .append(uses.getOrDefault(one, Set.of()).stream().map(this::cell).collect(joining(" ")))
          .append(" |\n");
    }
    return table.toString();
  }

  private String cell(String one) {
    return one.equals(base()) ? "(itself)" : "`" + one.substring(base().length()) + "`";
  }

  /** The longest name that begins all others, up to a dot. */
  private String base() {
    String base = files.keySet().iterator().next();
    for (String one : files.keySet()) {
      while (!(one + ".").startsWith(base + ".")) {
        base = base.substring(0, base.lastIndexOf('.'));
      }
    }
    return base;
  }

  private Map<String, Set<String>> uses() {
    Map<String, Set<String>> uses = new TreeMap<>();
    files.forEach(
        (one, sourceFiles) -> {
          Set<String> used = new TreeSet<>();
          for (Path file : sourceFiles) {
            used.addAll(imported(Repository.read(file)));
          }
          used.retainAll(files.keySet());
          used.remove(one);
          uses.put(one, used);
        });
    return uses;
  }

  /** The packages of classes that code names; those that only comments link to are not used. */
  private static Set<String> imported(String source) {
    String code = COMMENT.matcher(source).replaceAll("");
    String body = IMPORT.matcher(code).replaceAll("");
    Set<String> packages = new TreeSet<>();
    Matcher imported = IMPORT.matcher(code);
    while (imported.find()) {
      boolean isStatic = imported.group().startsWith("import static");
      if (isStatic || Pattern.compile("\\b" + imported.group(2) + "\\b").matcher(body).find()) {
        packages.add(imported.group(1).substring(0, imported.group(1).length() - 1));
      }
    }
    return packages;
  }

  /** Each below those it uses; in a circle, first what waits for the fewest. */
  private static List<String> inOrder(Map<String, Set<String>> uses) {
    List<String> order = new ArrayList<>();
    Set<String> left = new TreeSet<>(uses.keySet());
    while (!left.isEmpty()) {
      String next =
          left.stream()
              .min(
                  Comparator.comparingLong(
                      one ->
                          uses.getOrDefault(one, Set.of()).stream().filter(left::contains).count()))
              .orElseThrow();
      order.add(next);
      left.remove(next);
    }
    return order;
  }

  private String purpose(String one) {
    Path info = sources.resolve(one.replace('.', '/')).resolve("package-info.java");
    Matcher sentence = SENTENCE.matcher(Repository.read(info));
    if (!sentence.find()) {
      throw new AssertionError(info + " does not begin with a sentence on the package");
    }
    String text = sentence.group(1).replaceAll("\\s*\\n\\s*\\*\\s*", " ").strip();
    return TAG.matcher(text)
        .replaceAll(
            tag -> {
              String target = tag.group(2);
              return "`"
                  + Matcher.quoteReplacement(
                      tag.group(1).equals("link")
                          ? target.substring(target.lastIndexOf('.') + 1)
                          : target)
                  + "`";
            });
  }
}
