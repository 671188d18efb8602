package dev.enclave.cli.places;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.enclave.cli.Main;
import dev.enclave.processes.Checkout;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Types what the documents for setting up say, in a folder of its own. */
final class SetupDocs {

  /** The beginning of a script that needs an unlocked keyring. */
  static final String UNLOCKED =
      "printf %s secret | gnome-keyring-daemon --unlock --components=secrets >keyring.log; ";

  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\n(.*?)^ *```$");

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();

  SetupDocs(Path folder) {
    this.folder = folder;
    environment.putAll(Map.of("HOME", folder.toString(), "DISPLAY", "", "WAYLAND_DISPLAY", ""));
  }

  /** With a runtime directory, where a session bus and a keyring can be. */
  static SetupDocs atADesk(Path folder) {
    return new SetupDocs(folder)
        .variable("XDG_RUNTIME_DIR", folder.resolve("run").toString())
        .variable("XDG_DATA_HOME", folder.resolve("data").toString())
        .variable("KEYRING_PASSWORD", "secret");
  }

  /** Skips in a visible line where there is no GNOME Keyring, and never in CI. */
  static void requireKeyring(String what) {
    boolean installed =
        Stream.of("gnome-keyring-daemon", "secret-tool", "dbus-run-session")
            .allMatch(program -> Files.isExecutable(Path.of("/usr/bin", program)));
    if (!installed && !"true".equals(System.getenv("CI"))) {
      System.out.println(
          "NOT RUN: " + what + " needs gnome-keyring, libsecret-tools, dbus and dbus-daemon");
      assumeTrue(installed);
    }
  }

  SetupDocs variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** The commands of a document, block by block, in its order. */
  static List<String> blocks(String document) throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(root().resolve("docs").resolve(document)));
    return block.results().map(found -> found.group(1)).toList();
  }

  /**
   * The commands of one section, without those of its subsections.
   *
   * @param heading without the signs before it
   */
  static List<String> blocks(String document, String heading) throws IOException {
    String text = Files.readString(root().resolve("docs").resolve(document));
    int begin = text.indexOf("# " + heading + "\n");
    if (begin < 0) {
      throw new AssertionError(document + " has no section " + heading);
    }
    int end = text.indexOf("\n#", begin);
    return BLOCK
        .matcher(text.substring(begin, end < 0 ? text.length() : end))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  static Path root() {
    return Checkout.root();
  }

  /** An executable file. */
  void program(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** The line of a shell that becomes the command of this build. */
  String enclave() {
    return "exec '"
        + String.join("' '", JavaCommand.of(List.of("-Duser.home=" + folder), Main.class))
        + "' \"$@\"\n";
  }

  /** What a script says on a session bus of its own. */
  String atTheDesk(String script) throws IOException, InterruptedException {
    Path runtime = folder.resolve("run");
    if (!Files.isDirectory(runtime)) {
      Files.createDirectory(
          runtime,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return run("dbus-run-session", "--", "sh", "-c", script);
  }

  /** What a program says until it ends, errors included. */
  String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder program = new ProcessBuilder(command).directory(folder.toFile());
    program.environment().remove("DBUS_SESSION_BUS_ADDRESS");
    program.environment().putAll(environment);
    return Ended.run(program).output();
  }
}
