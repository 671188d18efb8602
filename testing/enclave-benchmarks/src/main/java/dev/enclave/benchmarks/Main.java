package dev.enclave.benchmarks;

import dev.enclave.benchmarks.report.Figures;
import dev.enclave.benchmarks.report.Measurement;
import dev.enclave.benchmarks.report.Table;
import dev.enclave.benchmarks.report.Targets;
import dev.enclave.benchmarks.setting.Machine;
import dev.enclave.benchmarks.setting.Scratch;
import dev.enclave.benchmarks.setting.Settings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Measures and prints: progress to standard error, the result to standard output. */
final class Main {

  // Held, since loggers that nobody holds lose their level.
  private static final Logger WARNINGS_OF_REDUCED_SECURITY = Logger.getLogger("dev.enclave");

  private Main() {}

  /**
   * Runs the benchmarks.
   *
   * @param args the directory to work in, then the options of {@link Settings}
   */
  public static void main(String[] args) throws Exception {
    WARNINGS_OF_REDUCED_SECURITY.setLevel(Level.SEVERE);
    List<String> options = List.of(args);
    Settings settings;
    try (Scratch scratch = Scratch.in(Path.of(options.get(0)))) {
      settings = Settings.parse(options.subList(1, options.size()), scratch.directory());
      List<String> lines = new ArrayList<>(Machine.lines(Instant.now()));
      Figures figures = new Measurement(settings, System.err).run();
      lines.add("");
      lines.addAll(new Table(settings, figures).lines());
      lines.add("");
      lines.addAll(Targets.lines(settings, figures));
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      lines.forEach(out::println);
    } catch (IllegalArgumentException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
    }
  }
}
