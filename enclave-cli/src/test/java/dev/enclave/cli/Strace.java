package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the command in a process of its own under strace(1), which lets system calls fail or kills
 * the process at one.
 */
final class Strace {

  private static final Pattern CALL = Pattern.compile("^(\\d+) +([a-z0-9]+)\\((.*)");
  private static final int PATIENCE_SECONDS = 120;

  private final Path folder;
  private final Path config;

  /**
   * @param folder whose files count; the command's configuration is {@code config}
   */
  Strace(Path folder, Path config) {
    this.folder = folder;
    this.config = config;
  }

  /** Ends a test where there is none, which CI counts as a failure. */
  static void requireInstalled() throws InterruptedException {
    boolean installed;
    try {
      installed = new ProcessBuilder("strace", "-V").start().waitFor() == 0;
    } catch (IOException e) {
      installed = false;
    }
    if (!installed && !"true".equals(System.getenv("CI"))) {
      System.out.println("NOT RUN: system calls that fail need strace");
      assumeTrue(installed);
    }
    assertThat(installed).as("strace, which scripts/test.sh installs").isTrue();
  }

  /**
   * A fault that is injected.
   *
   * @param call the system call
   * @param occurrence the first that it hits, of each thread's, counted from 1
   * @param how what becomes of it
   */
  record Fault(String call, int occurrence, How how) {
    @Override
    public String toString() {
      return call + " " + occurrence + " " + how;
    }

    private String injection() {
      return "inject="
          + call
          + switch (how) {
            case FAILS_ONCE -> ":error=" + error() + ":when=" + occurrence;
            case FAILS_FROM_THEN_ON -> ":error=" + error() + ":when=" + occurrence + "+";
            case KILLS -> ":signal=KILL:when=" + occurrence;
          };
    }

    private String error() {
      return call.equals("rename") || call.equals("write") ? "ENOSPC" : "EIO";
    }
  }

  /** What becomes of a system call. */
  enum How {
    FAILS_ONCE,
    FAILS_FROM_THEN_ON,
    KILLS
  }

  /**
   * Where calls touch the folder.
   *
   * @param audit whether a call of that occurrence, of some thread, touches the audit log
   */
  record Occurrence(String call, int number, boolean audit) {}

  /** What a process gave. */
  record Ended(int code, String err) {
    boolean killed() {
      return code == 128 + 9;
    }
  }

  /** Runs the command undisturbed, and finds the calls by which it changes files of the folder. */
  List<Occurrence> survey(List<String> calls, List<String> command) throws Exception {
    Path trace = Files.createTempFile("survey", ".txt");
    Ended ended =
        run(
            List.of("-y", "-o", trace.toString(), "-e", "trace=" + String.join(",", calls)),
            command);
    if (ended.code() != 0) {
      throw new AssertionError(command + " undisturbed: " + ended);
    }
    Map<String, Integer> counted = new HashMap<>();
    Map<String, Occurrence> found = new TreeMap<>();
    for (String line : Files.readAllLines(trace, StandardCharsets.ISO_8859_1)) {
      Matcher call = CALL.matcher(line);
      if (call.matches() && !call.group(3).matches("[12]<.*")) {
        int number = counted.merge(call.group(1) + call.group(2), 1, Integer::sum);
        if (call.group(3).contains(folder + "/")) {
          boolean audit = call.group(3).contains(folder.resolve("audit").toString());
          found.merge(
              call.group(2) + String.format(Locale.ROOT, "%06d", number),
              new Occurrence(call.group(2), number, audit),
              (a, b) -> new Occurrence(a.call(), a.number(), a.audit() || b.audit()));
        }
      }
    }
    Files.delete(trace);
    return List.copyOf(found.values());
  }

  /** Runs the command with a fault. */
  Ended run(Fault fault, List<String> command) throws Exception {
    List<String> options =
        new ArrayList<>(
            List.of("-o", "/dev/null", "-e", "trace=" + fault.call(), "-e", fault.injection()));
    if (fault.call().equals("write")) {
      options.add("--trace-fds=!1,2"); // What it says is to be read.
    }
    return run(options, command);
  }

  private Ended run(List<String> options, List<String> command) throws Exception {
    List<String> line = new ArrayList<>(List.of("strace", "-f", "-qq"));
    line.addAll(options);
    line.addAll(JavaCommand.of(List.of("-XX:-UsePerfData"), Main.class));
    line.addAll(command);
    Path err = Files.createTempFile("said", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile());
    builder.environment().put("ENCLAVE_CONFIG", config.toString());
    Process process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(command + " does not end: " + said(err));
      }
      return new Ended(process.exitValue(), said(err));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.deleteIfExists(err);
    }
  }

  private static String said(Path err) throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8);
  }
}
