package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyOrigin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.cloud.CloudOperation;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every wrong way to set up production in {@code misconfigured-production.txt} is refused with the
 * exit code and the message it states. What was really said is written to {@code
 * target/misconfigured-production.actual.txt}.
 */
@Tag("needs-openssl")
@Tag("full")
class MisconfiguredProductionTest {

  private static final String GOLDEN = "/misconfigured-production.txt";
  private static final List<String> ACTUAL = new ArrayList<>();

  private static Path folder;
  private static List<ErrorCase> cases;
  private static final CloudShapedProvider CLOUD =
      new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);

  @BeforeAll
  static void makeWorld() throws IOException {
    folder = Files.createTempDirectory("enclave-production-").toRealPath();
    Files.createFile(folder.resolve("file"));
    for (String name : List.of("one", "two")) {
      Files.createDirectory(folder.resolve(name));
      Files.writeString(
          folder.resolve(name).resolve("enclave.properties"), "enclave.environment=production\n");
    }
    Cli.local(folder).succeed("keys", "create", "wallet", "--algorithm", "ED25519");
    Cli.in(folder)
        .with(CLOUD)
        .variable("ENCLAVE_ENVIRONMENT", "development")
        .variable("ENCLAVE_BACKEND", "cloud")
        .succeed("keys", "create", "rehearsal", "--algorithm", "ED25519");
    try (InputStream in = MisconfiguredProductionTest.class.getResourceAsStream(GOLDEN)) {
      cases =
          ErrorCase.parse(
              new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @AfterAll
  static void removeWorld() throws IOException {
    World.delete(folder);
    Files.writeString(
        Path.of("target", "misconfigured-production.actual.txt"), String.join("\n", ACTUAL));
  }

  @TestFactory
  Stream<DynamicTest> isRefusedWithTheStatedCodeAndMessage() {
    return cases.stream().map(each -> DynamicTest.dynamicTest(each.title(), () -> compare(each)));
  }

  private static void compare(ErrorCase expected) throws IOException {
    List<String> where = Arrays.asList(expected.machine().split(" ", -1));
    Cli cli = machine(where.get(0));
    for (String assignment : where.subList(1, where.size())) {
      String[] parts = assignment.replace("{folder}", folder.toString()).split("=", 2);
      cli = cli.variable(parts[0], parts[1].replace('+', ' '));
    }
    Cli.Run run = run(cli, where.get(0).equals("two-files"), expected.args());
    String err = run.err().strip().replace(folder.toString(), "{folder}");
    String actual = expected.withOutcome(run.code(), err);
    ACTUAL.add(actual);
    assertThat(actual).isEqualTo(expected.withOutcome(expected.code(), expected.err()));
  }

  /** What two jars that both bring a configuration look like to the process. */
  private static Cli.Run run(Cli cli, boolean twoFiles, String[] args) throws IOException {
    if (!twoFiles) {
      return cli.run(args);
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL[] places = {folder.resolve("one").toUri().toURL(), folder.resolve("two").toUri().toURL()};
    try (URLClassLoader both = new URLClassLoader(places, before)) {
      thread.setContextClassLoader(both);
      return cli.run(args);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static Cli machine(String name) {
    Cli bare = Cli.in(folder);
    InMemoryProvider hsm = new InMemoryProvider().id("hsm");
    return switch (name) {
      case "bare", "two-files" -> bare;
      case "cloud" -> bare.with(CLOUD);
      case "hsm" -> bare.with(hsm);
      case "keyring" ->
          bare.with(new InMemoryProvider().id("keyring").assurance(Assurance.OS_SEALED));
      case "plain" -> bare.with(new InMemoryProvider().id("plain").assurance(Assurance.PLAINTEXT));
      case "wrapped" ->
          bare.with(new InMemoryProvider().id("wrapped").assurance(Assurance.HSM_WRAPPED));
      case "importing" -> bare.with(hsm.origin(KeyOrigin.IMPORTED));
      case "absent" -> bare.with(hsm.detection(new Detection.Absent("no HSM is configured")));
      case "doubtful" ->
          bare.with(
              hsm.detection(new Detection.Inconclusive("HSM_HOST is set and HSM_ROLE is not")));
      case "pod" ->
          bare.variable("KUBERNETES_SERVICE_HOST", "10.0.0.1").variable("HOSTNAME", "wallet-0");
      case "half-marked" -> bare.with(new HalfMarked());
      case "unreachable" ->
          bare.with(
              broken(
                  BackendFailure.permanent(
                      FailureCode.UNAVAILABLE, "far.example does not answer. Check the network.")));
      case "denied" -> bare.with(CLOUD.denying(CloudOperation.HEALTH));
      case "throttled" ->
          bare.with(
              broken(
                  BackendFailure.throttled(
                      "far.example asks to slow down. Wait a minute.", Optional.empty())));
      case "no-create" -> bare.with(CLOUD.denying(CloudOperation.CREATE));
      default -> throw new IllegalArgumentException("no machine is called " + name);
    };
  }

  private static BrokenProvider broken(BackendFailure failure) {
    return new BrokenProvider(BackendId.of("far"), failure);
  }

  /** A platform whose markers contradict each other. */
  private static final class HalfMarked implements EnvironmentDetector {
    @Override
    public String id() {
      return "platform";
    }

    @Override
    public Kind kind() {
      return Kind.WORKLOAD;
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return new Detection.Inconclusive("PLATFORM_NAME is set and PLATFORM_TOKEN is not");
    }
  }

  @Test
  void atLeastTwentyWaysAreRefusedByPolicyOrBackend() {
    assertThat(cases)
        .filteredOn(each -> each.code() == 3 || each.code() == 4)
        .hasSizeGreaterThan(19);
  }

  @Test
  void noWayEndsWithAnythingButARefusal() {
    assertThat(cases).allMatch(each -> each.code() >= 2 && each.code() <= 4);
  }

  @Test
  void everyMessageSaysWhatToDo() {
    assertThat(cases)
        .allSatisfy(
            each ->
                assertThat(each.err().toLowerCase(java.util.Locale.ROOT))
                    .containsPattern(
                        "\\b(set|add|use|remove|correct|grant|check|create|rotate|must"
                            + " be|wait|attach)\\b")
                    .doesNotContain("exception"));
  }

  @Test
  void titlesAreDistinct_andSoAreTheWays() {
    assertThat(cases).extracting(ErrorCase::title).doesNotHaveDuplicates();
    assertThat(cases)
        .extracting(each -> each.machine() + " " + String.join(" ", each.args()))
        .doesNotHaveDuplicates();
  }
}
