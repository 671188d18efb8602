package dev.enclave.benchmarks.duel;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this process has used up, and what of it a side did. Linux tells about switches. */
final class Expenses {

  private static final Path THREADS = Path.of("/proc/self/task");
  private static final String SWITCHES = "voluntary_ctxt_switches:";

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long signatures;
  private long nanos;
  private long switches;

  /** A reading. */
  record Reading(long nanos, long switches) {}

  Reading read() throws IOException {
    return new Reading(system.getProcessCpuTime(), switches());
  }

  /** All threads that are there; one that ends meanwhile counts for nothing. */
  private static long switches() throws IOException {
    if (!Files.isDirectory(THREADS)) {
      return 0;
    }
    long sum = 0;
    try (Stream<Path> threads = Files.list(THREADS)) {
      for (Path thread : threads.toList()) {
        for (String line : status(thread)) {
          if (line.startsWith(SWITCHES)) {
            sum += Long.parseLong(line.substring(SWITCHES.length()).strip());
          }
        }
      }
    }
    return sum;
  }

  private static List<String> status(Path thread) {
    try {
      return Files.readAllLines(thread.resolve("status"));
    } catch (IOException e) {
      return List.of();
    }
  }

  void add(Reading before, Reading after, long done) {
    signatures += done;
    nanos += after.nanos() - before.nanos();
    switches += Math.max(0, after.switches() - before.switches());
  }

  Duel.Effort effort() {
    double count = Math.max(1, signatures);
    return new Duel.Effort(nanos / count / 1000, switches / count);
  }
}
