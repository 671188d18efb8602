package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.enclave.processes.Ended;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The real address, 169.254.169.254 port 80, in a network namespace of the test's own, each time in
 * a cold JVM. On a machine so busy that the JDK's client is not even loaded in time, silence stands
 * for what was to be seen, so it runs alone. Where a machine allows no namespace, it says so;
 * {@code BoundedHttpTest} of the API does the same on the loopback everywhere.
 */
@Tag("alone")
@Tag("needs-namespaces")
@Tag("full")
final class MetadataAddressTest {

  private static final Pattern TEST_LIBRARY =
      Pattern.compile(
          "(junit|assertj|byte-buddy|jqwik|opentest4j|apiguardian|archunit|surefire)[^/\\\\]*\\.jar$");

  /**
   * What the command is deployed with, and the test's own classes: looking into jars takes time.
   */
  private static final List<String> CLASS_PATH =
      Pattern.compile(Pattern.quote(File.pathSeparator))
          .splitAsStream(System.getProperty("java.class.path"))
          .filter(entry -> !TEST_LIBRARY.matcher(entry).find())
          .toList();

  /**
   * Detection ends after 1.5 s, and without an end would wait for ever; the rest is for a machine
   * that is busy with other things.
   */
  private static final long GENEROUS_MILLIS = 60_000;

  private static final String HERE =
      "ip link set lo up && ip addr add 169.254.169.254/32 dev lo && exec \"$@\"";

  /** A way that ends where nobody has the address: the kernel drops what goes there. */
  private static final String SWALLOWED =
      "ip link set lo up && ip addr add 169.254.1.1/32 dev lo"
          + " && ip route add 169.254.169.254/32 dev lo src 169.254.1.1 && exec \"$@\"";

  @BeforeAll
  static void needsANamespace() throws Exception {
    if (run(HERE, List.of("true")).exit() != 0) {
      System.out.println(
          "NOTE: no network namespace here (needs root, unshare and iproute2): hostile metadata"
              + " servers were tested on the loopback only");
      abort("no network namespace");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nobody, nobody listens|no answer in time",
    "swallow, no (answer in time|whole answer)",
    "silent, no (answer in time|whole answer)",
    "drip, no (answer in time|whole answer)",
    "redirect, HTTP 302|no answer in time",
    "gigabyte, longer than 65536|no answer in time",
    "wrong-header, without Metadata-Flavor|no answer in time",
    "garbage, what came is no answer|no answer in time"
  })
  void recognisesNothing_andEndsInTime(String behaviour, String reason) throws Exception {
    Output output = detect(behaviour);

    assertThat(output.text()).containsPattern(reason).doesNotContain(" present ");
    assertThat(output.number("millis")).isLessThan(GENEROUS_MILLIS);
  }

  @Test
  void recognisesWhoAnswersAsItShould() throws Exception {
    Output output = detect("google");

    assertThat(output.text()).contains("gcp-vm present");
    assertThat(output.number("packets")).isPositive();
  }

  /** {@code -Denclave.soak.detections=11} takes as many cold JVMs, for a median. */
  @Test
  void asksNobody_whereAVariableDecides() throws Exception {
    List<Long> millis = new ArrayList<>();
    List<Long> opening = new ArrayList<>();
    for (int i = 0; i < Integer.getInteger("enclave.soak.detections", 1); i++) {
      Output output = detect("unasked");

      assertThat(output.text()).contains("aws-lambda present");
      assertThat(output.number("connections")).isZero();
      assertThat(output.number("packets")).isZero();
      millis.add(output.number("millis"));
      opening.add(output.number("openingMillis"));
    }
    System.out.println(
        "detection, cold, nothing asked: "
            + spread(millis)
            + " ms; before it "
            + spread(opening)
            + " ms to open a class path of "
            + CLASS_PATH.size()
            + " entries; Java "
            + Runtime.version().feature());
  }

  /** Median, least and most. */
  private static String spread(List<Long> figures) {
    List<Long> sorted = figures.stream().sorted().toList();
    return sorted.get(sorted.size() / 2)
        + " ("
        + sorted.get(0)
        + " to "
        + sorted.get(sorted.size() - 1)
        + ")";
  }

  private static Output detect(String behaviour) throws Exception {
    Output output =
        run(
            behaviour.equals("swallow") ? SWALLOWED : HERE,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, CLASS_PATH),
                DetectionProcess.class.getName(),
                behaviour));
    assertThat(output.exit()).as(output.text()).isZero();
    System.out.println(
        "detection, cold, metadata address "
            + behaviour
            + ": "
            + output.number("millis")
            + " ms ("
            + output.number("cpuMillis")
            + " ms of processor time), "
            + output.number("connections")
            + " connections, "
            + output.number("packets")
            + " packets");
    return output;
  }

  private record Output(int exit, String text) {
    long number(String name) {
      return text.lines()
          .filter(line -> line.startsWith(name + "="))
          .map(line -> Long.parseLong(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Output run(String namespace, List<String> command) throws InterruptedException {
    List<String> line = new ArrayList<>(List.of("unshare", "-n", "sh", "-c", namespace, "sh"));
    line.addAll(command);
    try {
      Ended ended = Ended.run(line);
      return new Output(ended.code(), ended.output());
    } catch (IOException e) {
      return new Output(-1, "no unshare: " + e.getClass().getSimpleName());
    }
  }
}
