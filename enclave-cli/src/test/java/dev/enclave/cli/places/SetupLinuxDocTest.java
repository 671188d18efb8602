package dev.enclave.cli.places;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Types what docs/setup-linux.md says, at a desk with a real keyring. */
@Timeout(300)
class SetupLinuxDocTest {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\n(.*?)^ *```$");

  private final Path folder;

  SetupLinuxDocTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void needsAKeyring() {
    boolean installed =
        Stream.of("gnome-keyring-daemon", "secret-tool", "dbus-run-session")
            .allMatch(program -> Files.isExecutable(Path.of("/usr/bin", program)));
    if (!installed && !"true".equals(System.getenv("CI"))) {
      System.out.println(
          "NOT RUN: the commands of docs/setup-linux.md need gnome-keyring, libsecret-tools, dbus"
              + " and dbus-daemon");
      assumeThat(installed).isTrue();
    }
  }

  @Test
  void everyCommandDoesWhatItSays() throws Exception {
    List<String> blocks = blocks();
    assertThat(blocks).hasSize(4);
    String steps = blocks.get(1) + blocks.get(2);
    String withoutDesktop = blocks.get(3);
    prepare(steps);

    String first =
        run(
            "dbus-run-session",
            "--",
            "sh",
            "-c",
            "printf %s secret | gnome-keyring-daemon --unlock --components=secrets >keyring.log;"
                + " exec sh -e steps.sh");
    assertThat(first)
        .containsPattern("os +chosen ")
        .contains("Created wallet-1", "assurance       OS_SEALED", "valid")
        .contains("Backed up wallet-1");
    assertThat(folder.resolve("wallet-1.backup")).exists();

    Files.writeString(folder.resolve("later.sh"), withoutDesktop);
    assertThat(run("sh", "-e", "later.sh")).contains("wallet-1");
  }

  private static List<String> blocks() throws IOException {
    Path module = Path.of("").toAbsolutePath();
    Path docs = module.resolve("docs");
    if (!Files.isDirectory(docs)) {
      docs = module.resolveSibling("docs");
    }
    Matcher block = BLOCK.matcher(Files.readString(docs.resolve("setup-linux.md")));
    return block.results().map(found -> found.group(1)).toList();
  }

  private void prepare(String steps) throws IOException {
    Files.writeString(folder.resolve("steps.sh"), steps);
    Files.writeString(folder.resolve("payment.txt"), "pay 10 to Alice");
    Files.writeString(folder.resolve("backup-password.txt"), "correct horse battery\n");
    Path command =
        Files.writeString(
            folder.resolve("enclave"),
            "#!/bin/sh\nexec '"
                + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -Duser.home='"
                + folder
                + "' -cp '"
                + System.getProperty("java.class.path")
                + "' dev.enclave.cli.Main \"$@\"\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    Path runtime = Files.createDirectory(folder.resolve("run"));
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
  }

  private String run(String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME", folder.toString(),
                "XDG_RUNTIME_DIR", folder.resolve("run").toString(),
                "XDG_DATA_HOME", folder.resolve("data").toString(),
                "ENCLAVE_ENVIRONMENT", "development",
                "KEYRING_PASSWORD", "secret",
                "DISPLAY", "",
                "WAYLAND_DISPLAY", ""));
    builder.environment().remove("DBUS_SESSION_BUS_ADDRESS");
    Process process = builder.start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
