package dev.enclave.os.internal.windows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * DPAPI as Wine does it, from a Windows JRE that {@code scripts/wine-test.sh} sets up and names by
 * {@code -Denclave.wine.java=…/bin/java.exe}. Every step is a process of its own.
 */
@EnabledIf(value = "wineIsHere", disabledReason = "Wine and a Windows JRE: scripts/wine-test.sh")
@Tag("full")
class WineTest {

  private static final String DIRECTORY = "C:\\Users\\Public\\Enclave\\sealing-keys";

  private static final String PACKAGE = WineTest.class.getPackageName().replace('.', '/');

  /** Everything the users share, readable to all of them. */
  private static Path shared = Path.of("");

  static boolean wineIsHere() {
    boolean here =
        System.getProperty("enclave.wine.java") != null
            && Files.isExecutable(Path.of("/usr/bin/wine"));
    if (!here) {
      System.out.println(
          "NOT RUN: DPAPI needs Windows, or Wine and a Windows JRE: scripts/wine-test.sh");
    }
    return here;
  }

  @BeforeAll
  static void prepare(@TempDir Path folder) throws IOException {
    copyTheClassPath(folder);
    // The first start of a prefix fills it.
    run("anna", "find", "nothing");
    if (canBecomeAnotherUser()) {
      run("nobody", "find", "nothing");
    }
  }

  /**
   * A server of Wine outlives its programs, and would write into a folder that is being removed.
   */
  @AfterAll
  static void endTheServers() {
    wine("anna", "wineserver", "--kill");
    wine("anna", "wineserver", "--wait");
    if (canBecomeAnotherUser()) {
      wine("nobody", "wineserver", "--kill");
      wine("nobody", "wineserver", "--wait");
    }
  }

  private static void copyTheClassPath(Path folder) throws IOException {
    shared = open(folder);
    for (String entry : JavaCommand.classPath().split(File.pathSeparator, -1)) {
      Path from = Path.of(entry);
      if (entry.endsWith(".jar") && entry.contains("jna")) {
        Files.copy(from, shared.resolve(String.valueOf(from.getFileName())));
      }
    }
    compileForWine(shared.resolve("classes"));
  }

  /**
   * There is no newer JRE for Wine than Java 11, so none of what runs there has newer Java in it.
   */
  static void compileForWine(Path classes) {
    Path main = Path.of("src/main/java", PACKAGE);
    Path test = Path.of("src/test/java", PACKAGE);
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    List<String> arguments = new ArrayList<>(List.of("--release", "11", "-proc:none"));
    arguments.addAll(List.of("-cp", JavaCommand.classPath(), "-d", classes.toString()));
    for (String name : List.of("Dpapi", "DpapiException", "DpapiKeys")) {
      arguments.add(main.resolve(name + ".java").toString());
    }
    arguments.add(test.resolve("DpapiProbe.java").toString());
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    int status = javac.run(out, out, arguments.toArray(new String[0]));
    assertThat(status).as("%s", said).isZero();
  }

  private static Path open(Path folder) throws IOException {
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void opensInALaterProcessWhatItKept_andKeepsNothingInTheClear() {
    assertThat(run("anna", "keep", "round-trip")).isEqualTo("kept protected");
    assertThat(run("anna", "find", "round-trip")).isEqualTo("the key");
    assertThat(run("anna", "remove", "round-trip")).isEqualTo("removed");
    assertThat(run("anna", "find", "round-trip")).isEqualTo("nothing");
  }

  @Test
  void refusesWhatWasChanged() {
    run("anna", "keep", "changed");
    assertThat(run("anna", "flip", "changed")).isEqualTo("flipped");
    assertThat(run("anna", "find", "changed")).isEqualTo("error 0xd");
  }

  @Test
  void refusesTheFileOfAnotherStore_byItsEntropy() {
    run("anna", "keep", "one-store");
    assertThat(run("anna", "rename", "one-store", "another-store")).isEqualTo("renamed");
    assertThat(run("anna", "find", "another-store")).isEqualTo("error 0xd");
    assertThat(run("anna", "rename", "another-store", "one-store")).isEqualTo("renamed");
    assertThat(run("anna", "find", "one-store")).isEqualTo("the key");
  }

  /**
   * Wine derives the key from the user's name alone: with another prefix of the same user it opens,
   * which Windows would not do. So this is another user of the machine.
   */
  @Test
  @EnabledIf(value = "canBecomeAnotherUser", disabledReason = "another user needs root")
  void refusesTheFileOfAnotherUser() throws IOException {
    assertThat(run("anna", "keep", "annas")).isEqualTo("kept protected");
    assertThat(run("nobody", "keep", "theirs")).isEqualTo("kept protected");
    Path annas = shared.resolve("anna/drive_c/users/Public/Enclave/sealing-keys/annas.dpapi");
    Path copy =
        Files.copy(
            annas, shared.resolve("nobody/drive_c/users/Public/Enclave/sealing-keys/annas.dpapi"));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(run("nobody", "find", "theirs")).isEqualTo("the key");
    assertThat(run("nobody", "find", "annas")).isEqualTo("error 0xd");
  }

  static boolean canBecomeAnotherUser() {
    boolean root = System.getProperty("user.name").equals("root");
    if (!root) {
      System.out.println("NOT RUN: DPAPI as another user needs root");
    }
    return root;
  }

  @Test
  void letsNobodyElseIntoItsDirectory() {
    run("anna", "keep", "listed");

    assertThat(run("anna", "acl", "listed"))
        .startsWith("acl ")
        .doesNotContain("Everyone", "Users:", "Authenticated");
  }

  /** One step in the profile of a user. */
  private static String run(String user, String... step) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "wine",
                System.getProperty("enclave.wine.java"),
                // Wine knows no sockets of both families.
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                classPath(),
                DpapiProbe.class.getName(),
                step[0],
                DIRECTORY));
    command.addAll(Arrays.asList(step).subList(1, step.length));
    return wine(user, command.toArray(new String[0]));
  }

  /** What a program says in the profile of a user, a prefix of Wine's; nobody is a real user. */
  private static String wine(String user, String... program) {
    Path prefix = shared.resolve(user);
    List<String> command = new ArrayList<>();
    try {
      Files.createDirectories(prefix);
      if (user.equals("nobody")) {
        command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        Files.setOwner(
            prefix,
            prefix.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
      }
      command.addAll(Arrays.asList(program));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
      builder
          .environment()
          .putAll(
              Map.of(
                  "WINEDEBUG",
                  "-all",
                  "WINEPREFIX",
                  prefix.toString(),
                  "HOME",
                  prefix.toString(),
                  "DISPLAY",
                  ""));
      Process process = builder.start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() {
    try (Stream<Path> entries = Files.list(shared)) {
      return entries
          .filter(entry -> entry.endsWith("classes") || entry.toString().endsWith(".jar"))
          .map(entry -> "Z:" + entry)
          .collect(Collectors.joining(";"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
