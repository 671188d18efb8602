package dev.enclave.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Checkout;
import dev.enclave.processes.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * A Maven project outside this build, with some of its modules.
 *
 * @param imported what its dependency management imports, as {@code group:artifact:version}
 * @param modules what it depends on
 */
record Project(String name, List<String> imported, List<String> modules) {

  private static final String VERSION = "0.1.0-SNAPSHOT";

  private static final Path ROOT = Checkout.root();

  /** The modules on this test's class path: others may be being compiled. */
  private static final Set<Path> USED =
      Arrays.stream(JavaCommand.classPath().split(File.pathSeparator))
          .map(entry -> Path.of(entry).toAbsolutePath().normalize())
          .flatMap(entry -> Checkout.modules().stream().filter(entry::startsWith))
          .collect(Collectors.toSet());

  static final String BOM = "dev.enclave:enclave-bom:" + VERSION;

  /** The class path of each at run time, with jars of what this build has compiled. */
  static Map<String, String> classPaths(Path folder, List<Project> projects) throws Exception {
    Path repository = repository(folder.resolve("repository"));
    for (Project project : projects) {
      write(folder.resolve(project.name).resolve("pom.xml"), project.pom());
    }
    String modules =
        projects.stream().map(p -> "<module>" + p.name + "</module>").collect(Collectors.joining());
    write(
        folder.resolve("pom.xml"),
        pom("all", "<packaging>pom</packaging><modules>" + modules + "</modules>"));
    Maven.succeed(
        folder,
        "-Dmaven.repo.local=" + repository,
        "-Dmdep.includeScope=runtime",
        "-Dmdep.outputFile=class-path",
        "org.apache.maven.plugins:maven-dependency-plugin:"
            + inRootPom(
                "<artifactId>maven-dependency-plugin</artifactId>\\s*<version>([^<]*)</version>")
            + ":build-classpath");
    Map<String, String> classPaths = new LinkedHashMap<>();
    for (Project project : projects) {
      classPaths.put(
          project.name, Files.readString(folder.resolve(project.name).resolve("class-path")));
    }
    return classPaths;
  }

  /** A version that this build uses. */
  static String version(String property) {
    return inRootPom("<" + Pattern.quote(property) + ">([^<]*)</");
  }

  private static String inRootPom(String pattern) {
    try {
      Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(ROOT.resolve("pom.xml")));
      assertThat(matcher.find()).as(pattern).isTrue();
      return matcher.group(1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String pom() {
    String managed =
        imported.stream()
            .map(bom -> dependency(bom, "<type>pom</type><scope>import</scope>"))
            .collect(Collectors.joining());
    String used =
        modules.stream()
            .map(module -> dependency("dev.enclave:" + module, ""))
            .collect(Collectors.joining());
    return pom(
        name,
        "<dependencyManagement><dependencies>"
            + managed
            + "</dependencies></dependencyManagement><dependencies>"
            + used
            + "</dependencies>");
  }

  private static String pom(String name, String content) {
    return "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>"
        + "<groupId>consumer</groupId><artifactId>"
        + name
        + "</artifactId><version>1</version>"
        + content
        + "</project>\n";
  }

  private static String dependency(String coordinates, String more) {
    String[] parts = coordinates.split(":", -1);
    return "<dependency><groupId>"
        + parts[0]
        + "</groupId><artifactId>"
        + parts[1]
        + "</artifactId>"
        + (parts.length > 2 ? "<version>" + parts[2] + "</version>" : "")
        + more
        + "</dependency>";
  }

  /**
   * The user's local repository by links, and beside it what {@code mvn install} would put there:
   * nothing of this build may be left in the user's.
   */
  static Path repository(Path repository) throws IOException {
    Path users =
        Path.of(
            System.getProperty(
                "localRepository", System.getProperty("user.home") + "/.m2/repository"));
    link(users, repository, "dev");
    link(users.resolve("dev"), repository.resolve("dev"), "enclave");
    install("enclave-parent", ROOT, repository);
    for (Path module : Checkout.modules()) {
      install(module.getFileName().toString(), module, repository);
    }
    return repository;
  }

  private static void link(Path users, Path own, String except) throws IOException {
    Files.createDirectories(own);
    if (!Files.isDirectory(users)) {
      return;
    }
    try (Stream<Path> groups = Files.list(users)) {
      for (Path group : groups.toList()) {
        Path link = own.resolve(group.getFileName().toString());
        if (!group.endsWith(except) && !Files.exists(link)) {
          Files.createSymbolicLink(link, group);
        }
      }
    }
  }

  private static void install(String artifact, Path module, Path repository) throws IOException {
    Path folder = repository.resolve("dev/enclave").resolve(artifact).resolve(VERSION);
    Files.createDirectories(folder);
    String file = artifact + "-" + VERSION;
    Files.copy(
        module.resolve("pom.xml"),
        folder.resolve(file + ".pom"),
        StandardCopyOption.REPLACE_EXISTING);
    Path classes = module.resolve("target/classes");
    if (USED.contains(module) && Files.isDirectory(classes)) {
      jar(classes, folder.resolve(file + ".jar"));
    }
  }

  private static void jar(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      entries.setLevel(0);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
