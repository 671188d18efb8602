package dev.enclave.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes heap dumps of other processes and searches dumps for secrets. */
public final class HeapDumps {

  /**
   * Options of a process, or a dump also shows memory that was freed: a thread's new allocation
   * buffer as an array of int, and what a collector left in regions that are nearly full.
   */
  public static final List<String> OPTIONS = List.of("-XX:+ZeroTLAB", "-XX:MarkSweepDeadRatio=0");

  private HeapDumps() {}

  /** A heap dump with all objects, those that nothing refers to any more too. */
  public static Path take(long pid, Path file) throws Exception {
    Ended ended =
        Ended.run(Ended.jdk("jcmd"), Long.toString(pid), "GC.heap_dump", "-all", file.toString());
    assertThat(file).as(ended.output()).isNotEmptyFile();
    return file;
  }

  /** Has a process collect what nothing refers to any more. */
  public static void collect(long pid) throws Exception {
    Ended.run(Ended.jdk("jcmd"), Long.toString(pid), "GC.run").succeeded();
  }

  /**
   * How often each secret is in a dump, by its name and the form it is in; nothing for those that
   * are not. Deletes the dump.
   */
  public static Map<String, Map<String, Integer>> hits(Path dump, Map<String, Patterns> wanted)
      throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>();
    wanted.forEach(
        (key, patterns) ->
            patterns.forms().forEach((form, bytes) -> all.put(key + ": " + form, bytes)));
    Map<String, Map<String, Integer>> result = new TreeMap<>();
    new Scanner(all)
        .scan(dump)
        .forEach(
            (name, count) -> {
              String[] parts = name.split(": ", 2);
              result.computeIfAbsent(parts[0], k -> new TreeMap<>()).put(parts[1], count);
            });
    Files.delete(dump);
    return result;
  }
}
