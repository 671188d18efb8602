package dev.enclave.benchmarks.setting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the figures were measured on, without which they say nothing. */
public final class Machine {

  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path LOAD = Path.of("/proc/loadavg");

  private Machine() {}

  public static List<String> lines(Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "JDK "
            + System.getProperty("java.runtime.version")
            + " ("
            + System.getProperty("java.vendor")
            + "), "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch"));
    lines.add(
        field(CPU, "model name").orElse("unknown processor")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores, "
            + now.truncatedTo(ChronoUnit.SECONDS));
    first(LOAD).ifPresent(load -> lines.add("load before the run: " + load));
    return lines;
  }

  private static Optional<String> field(Path file, String name) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> first(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
