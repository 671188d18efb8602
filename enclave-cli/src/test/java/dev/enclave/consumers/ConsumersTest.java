package dev.enclave.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.processes.JavaCommand;
import dev.enclave.scenarios.UnlockedKeyring;
import dev.enclave.testkit.FakeEnvironment;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Maven resolves for projects outside this build works: each provider opens and signs, with
 * the BOM alone, beside Spring Boot's dependency management, and beside the provider's own BOM.
 */
@Tag("full")
class ConsumersTest {

  private static final int PATIENCE_SECONDS = 60;

  /** In the order of the list of what is imported, the first counts. */
  enum Management {
    BOM_ALONE(""),
    BOOT_3("org.springframework.boot:spring-boot-dependencies:3.5.7"),
    BOOT_4("org.springframework.boot:spring-boot-dependencies:4.0.7");

    private final String bom;

    Management(String bom) {
      this.bom = bom;
    }

    private List<String> imported() {
      return bom.isEmpty() ? List.of(Project.BOM) : List.of(bom, Project.BOM);
    }
  }

  /** The clouds, in the order in which {@link ServingConsumer} prints. */
  enum Cloud {
    AWS("software.amazon.awssdk:bom", "awssdk.version"),
    AZURE("com.azure:azure-sdk-bom", "azuresdk.version"),
    GCP("com.google.cloud:libraries-bom", "googlecloud.version");

    private final String bom;

    Cloud(String bom, String version) {
      this.bom = bom + ":" + Project.version(version);
    }

    private String module() {
      return "enclave-" + name().toLowerCase(Locale.ROOT);
    }
  }

  private static final List<String> MODULES =
      List.of(
          "enclave-software",
          "enclave-os",
          "enclave-k8s",
          "enclave-aws",
          "enclave-azure",
          "enclave-gcp",
          "enclave-jobs",
          "enclave-emulators",
          "enclave-testkit");

  /** What these need of others: keys, an engine, and Google's messages. */
  private static final Map<String, String> BESIDE =
      Map.of(
          "enclave-jobs", "enclave-software",
          "enclave-testkit", "enclave-software",
          "enclave-emulators", "enclave-gcp");

  private static final String PACKAGE = "dev/enclave/consumers";
  private static final Path FOLDER = Path.of("target/consumers").toAbsolutePath();

  private static final Map<String, String> CLASS_PATHS = new HashMap<>();
  private static final Map<Management, Process> SERVERS = new EnumMap<>(Management.class);

  /** Of each server, the variables of the clouds. */
  private static final Map<Management, Map<Cloud, Map<String, String>>> CLOUDS =
      new EnumMap<>(Management.class);

  /** What was run: a class path, and where. Most providers' own BOM changes nothing. */
  private static final Map<List<Object>, String> RUN = new HashMap<>();

  private final Path folder;

  ConsumersTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void resolve() throws Exception {
    List<Project> projects = new ArrayList<>();
    for (Management management : Management.values()) {
      for (String module : MODULES) {
        projects.add(project(management, module));
      }
    }
    for (Cloud cloud : Cloud.values()) {
      projects.add(
          new Project(
              "own-" + cloud.module(),
              List.of(Project.BOM, cloud.bom),
              List.of("enclave-api", cloud.module())));
    }
    CLASS_PATHS.putAll(Project.classPaths(FOLDER, projects));
    Path compiled = Path.of("target/test-classes", PACKAGE);
    Path classes = Files.createDirectories(FOLDER.resolve("classes").resolve(PACKAGE));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(compiled, "*Consumer{,$*}.class")) {
      for (Path file : files) {
        Files.copy(file, classes.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static Project project(Management management, String module) {
    List<String> used = new ArrayList<>(List.of("enclave-api", module));
    if (BESIDE.containsKey(module)) {
      used.add(BESIDE.get(module));
    }
    return new Project(name(management, module), management.imported(), used);
  }

  private static String classPath(String project) {
    return Objects.requireNonNull(CLASS_PATHS.get(project), project);
  }

  private static String name(Management management, String module) {
    return management + "-" + module;
  }

  /** Of a module, the versions that the tests of this build run with. */
  @ParameterizedTest
  @MethodSource("modules")
  void resolvesWhatTheTestsRunWith_withTheBomAlone(String module) {
    Set<String> ours = files(JavaCommand.classPath());
    assertThat(files(classPath(name(Management.BOM_ALONE, module))))
        .filteredOn(jar -> !jar.startsWith("enclave-"))
        .isNotEmpty()
        .isSubsetOf(ours);
  }

  static List<String> modules() {
    return MODULES;
  }

  private static Set<String> files(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator))
        .map(entry -> Path.of(entry).getFileName().toString())
        .collect(Collectors.toSet());
  }

  static Stream<Arguments> clouds() {
    return Arrays.stream(Cloud.values())
        .flatMap(
            cloud ->
                Stream.concat(
                        Arrays.stream(Management.values()).map(m -> name(m, cloud.module())),
                        Stream.of("own-" + cloud.module()))
                    .map(project -> Arguments.of(cloud, project)));
  }

  @ParameterizedTest
  @MethodSource("clouds")
  void signsAtACloud(Cloud cloud, String project) throws Exception {
    Management management =
        Arrays.stream(Management.values())
            .filter(m -> project.equals(name(m, cloud.module())))
            .findAny()
            .orElse(Management.BOM_ALONE);
    Map<String, String> variables = new TreeMap<>(served(management).get(cloud));
    variables.put("ENCLAVE_ENVIRONMENT", "development");
    String said = signed(project, variables);
    assertThat(said).contains("signed by " + variables.get("ENCLAVE_BACKEND"));
  }

  @ParameterizedTest
  @EnumSource
  void signsWithASoftwareKey(Management management) throws Exception {
    assertThat(signed(name(management, "enclave-software"), local()))
        .contains("signed by software");
  }

  @ParameterizedTest
  @EnumSource
  void runsAUsersTest(Management management) throws Exception {
    assertThat(output(name(management, "enclave-testkit"), TestingConsumer.class, Map.of()))
        .contains("1 test succeeded");
  }

  @ParameterizedTest
  @EnumSource
  void signsThroughTheQueue(Management management) throws Exception {
    assertThat(signed(name(management, "enclave-jobs"), local(), folder.resolve("jobs").toString()))
        .contains("signed by the queue");
  }

  @ParameterizedTest
  @EnumSource
  @Tag("needs-keyring")
  void signsWithTheOperatingSystemsStore(Management management) throws Exception {
    try (UnlockedKeyring keyring = new UnlockedKeyring(folder.resolve("desk"))) {
      Map<String, String> variables = local();
      variables.put("ENCLAVE_BACKEND", "os");
      variables.putAll(keyring.seenBy(FakeEnvironment.empty()).variables());
      assertThat(signed(name(management, "enclave-os"), variables)).contains("signed by os");
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("needs-kube-apiserver")
  void signsInKubernetes(Management management) throws Exception {
    ApiServer server = SharedApiServer.get();
    String namespace = "consumer-" + UUID.randomUUID();
    server.createNamespace(namespace);
    Path kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"), server.kubeconfig(server.adminToken(), namespace));
    Map<String, String> variables = local();
    variables.put("ENCLAVE_BACKEND", "kubernetes");
    variables.put("ENCLAVE_KUBERNETES_KUBECONFIG", kubeconfig.toString());
    variables.put("ENCLAVE_KUBERNETES_NAMESPACE", namespace);
    variables.put("ENCLAVE_ACKNOWLEDGE_REDUCED_SECURITY", "true");
    assertThat(signed(name(management, "enclave-k8s"), variables)).contains("signed by kubernetes");
  }

  private static Map<String, String> local() {
    return new TreeMap<>(Map.of("ENCLAVE_ENVIRONMENT", "local"));
  }

  private String signed(String project, Map<String, String> variables, String... arguments)
      throws Exception {
    return output(project, Consumer.class, variables, arguments);
  }

  private String output(
      String project, Class<?> main, Map<String, String> variables, String... arguments)
      throws Exception {
    String classPath = classPath(project);
    List<Object> run = List.of(classPath, main, variables, List.of(arguments));
    if (!RUN.containsKey(run)) {
      Path output = folder.resolve("output");
      Process process =
          process(classPath, main, variables, arguments)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(() -> read(output) + "\non " + classPath).isZero();
      } finally {
        process.destroyForcibly();
      }
      RUN.put(run, Files.readString(output));
    }
    return RUN.get(run);
  }

  private Map<Cloud, Map<String, String>> served(Management management) throws Exception {
    if (!CLOUDS.containsKey(management)) {
      Process server =
          process(
                  classPath(name(management, "enclave-emulators")),
                  ServingConsumer.class,
                  Map.of(),
                  FOLDER.resolve(management + ".pem").toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      SERVERS.put(management, server);
      Map<Cloud, Map<String, String>> clouds = new EnumMap<>(Cloud.class);
      BufferedReader printed = server.inputReader();
      for (Cloud cloud : Cloud.values()) {
        String line = printed.readLine();
        assertThat(line).as("variables of %s", cloud).isNotNull();
        Map<String, String> variables = new TreeMap<>();
        for (String variable : line.split(" ", -1)) {
          int equals = variable.indexOf('=');
          variables.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        clouds.put(cloud, variables);
      }
      CLOUDS.put(management, clouds);
    }
    return CLOUDS.get(management);
  }

  private ProcessBuilder process(
      String classPath, Class<?> main, Map<String, String> variables, String... arguments) {
    ProcessBuilder process =
        new ProcessBuilder(
            JavaCommand.of(
                // Versions that do not belong together also show in what the verifier loads.
                List.of("-XX:+BytecodeVerificationRemote", "-Duser.home=" + folder),
                FOLDER.resolve("classes") + File.pathSeparator + classPath,
                main,
                arguments));
    JavaCommand.setVariables(process, variables);
    return process;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @AfterAll
  static void endServers() throws Exception {
    for (Process server : SERVERS.values()) {
      server.destroy();
      server.waitFor();
    }
  }
}
