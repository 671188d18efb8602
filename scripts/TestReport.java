import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints what Surefire's reports say, on one screen: modules and counts, what was not run and why,
 * the slowest classes, and last what failed.
 *
 * <p>{@code java scripts/TestReport.java MARKER LEFT_OUT FOLDER...}, in the project's directory:
 * reports of these modules that are not older than the file MARKER count. The lines of the file
 * LEFT_OUT are what else was not run. The exit code is 1 if a test failed or no test ran.
 */
final class TestReport {

  private static final int SLOWEST = 20;
  private static final int MOST_REASONS = 12;
  private static final int MOST_FAILURES = 20;
  private static final int MESSAGE_LINES = 6;
  private static final int WIDTH = 110;

  private final Map<String, Counts> modules = new TreeMap<>();
  private final Map<String, Integer> reasons = new TreeMap<>();
  private final Map<String, Double> classes = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();

  private static final class Counts {
    private int passed;
    private int failed;
    private int skipped;
    private double seconds;

    private void add(Counts other) {
      passed += other.passed;
      failed += other.failed;
      skipped += other.skipped;
      seconds += other.seconds;
    }
  }

  public static void main(String[] args) throws Exception {
    TestReport report = new TestReport();
    long since = Files.getLastModifiedTime(Path.of(args[0])).toMillis();
    for (String folder : List.of(args).subList(2, args.length)) {
      report.read(Path.of(folder), since);
    }
    List<String> leftOut = Files.readAllLines(Path.of(args[1]));
    System.exit(report.print(leftOut) ? 0 : 1);
  }

  private void read(Path folder, long since) throws Exception {
    Path reports = folder.resolve("target/surefire-reports");
    if (!Files.isDirectory(reports)) {
      return;
    }
    DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    // Executions of their own report into folders of their own.
    try (Stream<Path> files = Files.walk(reports)) {
      for (Path file : files.filter(TestReport::isReport).toList()) {
        if (Files.getLastModifiedTime(file).toMillis() >= since) {
          add(folder.getFileName().toString(), parser.parse(file.toFile()).getDocumentElement());
        }
      }
    }
  }

  private static boolean isReport(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith("TEST-") && name.endsWith(".xml");
  }

  private void add(String module, Element suite) {
    Counts counts = new Counts();
    String suiteName = simple(suite.getAttribute("name"));
    NodeList cases = suite.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      Element problem = first(test, "failure", "error");
      Element skipped = first(test, "skipped");
      if (problem != null) {
        counts.failed++;
        failures.add(
            module
                + " "
                + simple(test.getAttribute("classname"))
                + "."
                + test.getAttribute("name")
                + "\n"
                + message(problem));
      } else if (skipped != null) {
        counts.skipped++;
        reasons.merge(module + " " + suiteName + ": " + reason(skipped), 1, Integer::sum);
      } else {
        counts.passed++;
      }
    }
    counts.seconds = Double.parseDouble(suite.getAttribute("time").replace(",", ""));
    classes.merge(module + " " + suiteName, counts.seconds, Double::sum);
    modules.computeIfAbsent(module, name -> new Counts()).add(counts);
  }

  private static Element first(Element test, String... names) {
    for (String name : names) {
      NodeList found = test.getElementsByTagName(name);
      if (found.getLength() > 0) {
        return (Element) found.item(0);
      }
    }
    return null;
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  /** An assumption that does not hold has its reason in its text, where Surefire gives it one. */
  private static String reason(Element skipped) {
    String message = skipped.getAttribute("message");
    String reason =
        message.isBlank()
            ? skipped.getTextContent().lines().filter(l -> !l.isBlank()).findFirst().orElse("")
            : message;
    return reason.replaceFirst(
        "^(org\\.opentest4j\\.\\w+: )?(Assumption failed: )?(NOT RUN: )?", "");
  }

  private static String message(Element problem) {
    String text = problem.getAttribute("message");
    if (text.isBlank()) {
      text = problem.getTextContent();
    }
    StringBuilder shown = new StringBuilder();
    text.lines()
        .filter(line -> !line.isBlank())
        .limit(MESSAGE_LINES)
        .forEach(line -> shown.append("    ").append(line).append('\n'));
    return shown.toString();
  }

  private boolean print(List<String> leftOut) {
    Counts all = new Counts();
    System.out.printf(
        "%-22s %7s %7s %8s %8s%n", "module", "passed", "failed", "not run", "seconds");
    modules.forEach(
        (name, counts) -> {
          all.add(counts);
          row(name, counts);
        });
    row("all", all);
    if (!reasons.isEmpty() || leftOut.stream().anyMatch(line -> !line.isBlank())) {
      System.out.println("NOT RUN:");
      leftOut.stream()
          .filter(line -> !line.isBlank())
          .filter(line -> reasons.keySet().stream().noneMatch(r -> r.endsWith(": " + line)))
          .forEach(line -> System.out.println("  " + line));
      reasons.entrySet().stream()
          .limit(MOST_REASONS)
          .forEach(
              reason ->
                  System.out.println("  " + cut(reason.getValue() + " of " + reason.getKey())));
      if (reasons.size() > MOST_REASONS) {
        System.out.println("  and " + (reasons.size() - MOST_REASONS) + " more: see the log");
      }
    }
    System.out.println("Slowest classes, in seconds:");
    classes.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(SLOWEST)
        .forEach(c -> System.out.printf(Locale.ROOT, "  %7.1f %s%n", c.getValue(), c.getKey()));
    System.out.printf(
        Locale.ROOT, "%n%d passed, %d failed, %d skipped%n", all.passed, all.failed, all.skipped);
    failures.stream()
        .limit(MOST_FAILURES)
        .forEach(failure -> System.out.print("FAILED " + failure));
    if (failures.size() > MOST_FAILURES) {
      System.out.println("and " + (failures.size() - MOST_FAILURES) + " more failed: see the log");
    }
    return all.failed == 0 && all.passed > 0;
  }

  private static void row(String name, Counts counts) {
    System.out.printf(
        Locale.ROOT,
        "%-22s %7d %7d %8d %8.0f%n",
        name,
        counts.passed,
        counts.failed,
        counts.skipped,
        counts.seconds);
  }

  private static String cut(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line;
  }
}
