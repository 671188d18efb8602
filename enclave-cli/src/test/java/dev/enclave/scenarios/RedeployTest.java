package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.JavaCommand;
import dev.enclave.testkit.FakeEnvironment;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What closed Enclaves leave in the JVM of a server that goes on. Each test has a JVM of its own,
 * which clears what is softly reachable at each collection, as any JVM does before memory runs out.
 */
@Tag("full")
class RedeployTest {

  private static final int ROUNDS = 10;

  private static final String SOAK = "enclave.soak.redeploys";

  /** Of what leaves something each time. */
  private static final int LEAVING_ROUNDS = Integer.getInteger(SOAK, 2);

  private final Path folder;
  private final Properties place = new Properties();

  RedeployTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** But for what carries virtual threads in newer JDKs. */
  @Test
  void leavesNothing_withoutAccelerators() throws Exception {
    software();

    List<String> left = deployed(ROUNDS, "own", 0, jar -> !accelerates(jar));
    assertThat(loaders(left)).isZero();
    assertThat(threads(left).keySet())
        .as(left::toString)
        .isSubsetOf("", "ForkJoinPool-N-worker-N", "VirtualThread-unblocker");
  }

  /** Its copy of each library has a thread that never ends. */
  @Test
  void leavesNoThreadOfOurs_withAccelerators() throws Exception {
    software();

    List<String> left = deployed(LEAVING_ROUNDS, "own", LEAVING_ROUNDS, jar -> true);
    assertThat(loaders(left)).isLessThanOrEqualTo(LEAVING_ROUNDS);
    assertThat(threads(left))
        .as(left::toString)
        .containsEntry("JNA Cleaner", (long) LEAVING_ROUNDS)
        .containsEntry("Native reference cleanup thread", (long) LEAVING_ROUNDS);
  }

  @Test
  void leavesOneCopyOfEachLibrary_withTheServersClassLoader() throws Exception {
    software();

    List<String> left = deployed(ROUNDS, "shared", 1, jar -> true);
    assertThat(loaders(left)).isLessThanOrEqualTo(1);
    assertThat(threads(left))
        .as(left::toString)
        .containsEntry("JNA Cleaner", 1L)
        .containsEntry("Native reference cleanup thread", 1L);
  }

  /** In the long form alone, since it loads each SDK again and again. */
  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(
      named = SOAK,
      matches = "[0-9]+",
      disabledReason = "redeploys at clouds: scripts/soak.sh")
  void leavesNoThreadOfOurs_atClouds(Place cloud) throws Exception {
    try (Places places = new Places(folder)) {
      FakeEnvironment environment = cloud.environment(places);
      environment
          .variables()
          .forEach((name, value) -> place.setProperty("variable." + name, value));
      for (String path : List.of(Places.TOKEN_FILE, Places.CERTIFICATE)) {
        environment.read(path).ifPresent(text -> place.setProperty("file." + path, text));
      }
      place.putAll(places.settings());
      place.setProperty("enclave.audit.directory", folder.resolve("audit").toString());

      int most = staying(cloud);
      List<String> left = deployed(LEAVING_ROUNDS, "own", most, jar -> !accelerates(jar));
      assertThat(loaders(left)).isLessThanOrEqualTo(most);
      assertThat(threads(left).keySet())
          .as(left::toString)
          .isSubsetOf("", "Cleaner-N", "CompletableFutureDelayScheduler");
    }
  }

  private void software() {
    place.setProperty("enclave.environment", "local");
    place.setProperty("enclave.software.directory", folder.resolve("keys").toString());
    place.setProperty("enclave.audit.directory", folder.resolve("audit").toString());
  }

  private static boolean accelerates(String jar) {
    String name = Path.of(jar).getFileName().toString();
    return name.startsWith("AmazonCorretto")
        || name.startsWith("secp256k1-kmp")
        || name.startsWith("jna");
  }

  /** Class loaders that the libraries of a cloud keep for as long as the JVM lives. */
  private static int staying(Place cloud) {
    return switch (cloud) {
      case AWS -> 0;
      case AZURE -> 1;
      case GOOGLE -> LEAVING_ROUNDS;
    };
  }

  private static int loaders(List<String> left) {
    return Integer.parseInt(left.get(0).replace("class loaders ", ""));
  }

  /** How many threads of each name are left. None may be ours. */
  private static Map<String, Long> threads(List<String> left) {
    String line = left.get(left.size() - 1);
    Map<String, Long> threads =
        Stream.of(line.replaceAll("threads \\[|\\]", "").split(", "))
            .map(name -> name.replaceAll("[0-9]+", "N"))
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    assertThat(threads.keySet()).as(line).noneMatch(name -> name.startsWith("enclave"));
    return threads;
  }

  private List<String> deployed(int rounds, String mode, int expected, Predicate<String> jars)
      throws Exception {
    Path file = folder.resolve("place");
    try (Writer writer = Files.newBufferedWriter(file)) {
      place.store(writer, null);
    }
    Path out = folder.resolve("out");
    Process server = server(file, rounds, mode, expected, jars, out);
    try {
      assertThat(server.waitFor()).as(() -> text(out)).isZero();
    } finally {
      server.destroyForcibly();
    }
    // Threads of libraries, whose class loader is closed, may complain among the server's lines.
    List<String> left =
        Files.readAllLines(out).stream()
            .filter(line -> line.startsWith("class loaders ") || line.startsWith("threads ["))
            .toList();
    assertThat(left).as(() -> text(out)).hasSize(2);
    System.out.println("redeployed " + rounds + " times, " + mode + ": " + left);
    return left;
  }

  private static Process server(
      Path place, int rounds, String mode, int expected, Predicate<String> jars, Path out)
      throws IOException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(jars)
            .collect(Collectors.joining(File.pathSeparator));
    return new ProcessBuilder(
            JavaCommand.of(
                List.of("-XX:SoftRefLRUPolicyMSPerMB=0"),
                classPath,
                RedeployingServer.class,
                place.toString(),
                Integer.toString(rounds),
                mode,
                Integer.toString(expected)))
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
