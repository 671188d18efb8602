package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.file.DiskLogFiles;
import dev.enclave.auditlog.file.Segment;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A log that two copies of the library in this JVM and another process append to. {@code
 * -Denclave.soak.seconds=60} makes it as long.
 */
final class SharedLog {

  private static final Duration BETWEEN_DISTURBANCES = Duration.ofMillis(150);
  private static final int MOST_RECORDS = 10_000_000;
  private static final Pattern CALLER = Pattern.compile("\"caller\":\"user:([0-9]+)\"");

  private final Path directory;
  private final Path journals;
  private final String seconds = Long.toString(Long.getLong("enclave.soak.seconds", 0));

  SharedLog(Path directory) throws IOException {
    this.directory = directory;
    this.journals = Files.createDirectories(directory.resolveSibling("journals"));
  }

  /** What is done to the log meanwhile. */
  @FunctionalInterface
  interface Disturbance {
    void run() throws IOException;
  }

  void share(Disturbance disturbance) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Process process = process();
    try {
      List<Future<?>> copies = new ArrayList<>();
      for (int copy = 1; copy <= 2; copy++) {
        copies.add(pool.submit((Runnable) Copies.make(SharingLogger.class, arguments(copy))));
      }
      while (process.isAlive() || !copies.stream().allMatch(Future::isDone)) {
        disturbance.run();
        LockSupport.parkNanos(BETWEEN_DISTURBANCES.toNanos());
      }
      for (Future<?> copy : copies) {
        copy.get();
      }
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
      pool.shutdownNow();
    }
  }

  private Process process() throws IOException {
    List<String> command = JavaCommand.of(SharingLogger.class, arguments(0));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private String[] arguments(int sharer) {
    return new String[] {
      directory.toString(),
      journals.resolve("sharer-" + sharer).toString(),
      Integer.toString(1 + sharer * MOST_RECORDS),
      seconds
    };
  }

  /**
   * The log verifies and has what was said to be durable.
   *
   * @param undisturbed then nothing was refused, and no record is there twice
   */
  void check(boolean undisturbed) throws IOException {
    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).as(() -> journal().toString()).isEmpty();
    Map<Integer, Integer> logged = logged();
    int durable = 0;
    List<String> refused = new ArrayList<>();
    for (String line : journal()) {
      if (line.startsWith("durable ")) {
        durable++;
        assertThat(logged).as(line).containsKey(Integer.parseInt(line.substring(8)));
      } else {
        refused.add(line);
      }
    }
    long twice = logged.values().stream().filter(times -> times > 1).count();
    System.out.println(
        "a log shared by two class loaders and a process: "
            + durable
            + " durable records, none lost; "
            + refused.size()
            + " refused, "
            + twice
            + " there twice "
            + refused.stream().map(line -> line.replaceAll("[0-9]+", "N")).distinct().toList());
    assertThat(durable).as(() -> "durable records, of " + refused).isPositive();
    if (undisturbed) {
      assertThat(refused).isEmpty();
      assertThat(twice).isZero();
      assertThat(logged).hasSize(durable);
    }
  }

  private List<String> journal() {
    List<String> lines = new ArrayList<>();
    try {
      for (int sharer = 0; sharer < 3; sharer++) {
        lines.addAll(Files.readAllLines(journals.resolve("sharer-" + sharer)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  /** How often each number is in the log. */
  private Map<Integer, Integer> logged() throws IOException {
    Map<Integer, Integer> numbers = new HashMap<>();
    for (String name : new DiskLogFiles(directory).names()) {
      if (Segment.parse(name).isPresent()) {
        try (Stream<String> lines = Files.lines(directory.resolve(name), StandardCharsets.UTF_8)) {
          lines.forEach(
              line -> {
                Matcher caller = CALLER.matcher(line);
                assertThat(caller.find()).isTrue();
                numbers.merge(Integer.valueOf(caller.group(1)), 1, Integer::sum);
              });
        }
      }
    }
    return numbers;
  }
}
