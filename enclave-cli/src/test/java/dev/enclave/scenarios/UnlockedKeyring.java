package dev.enclave.scenarios;

import dev.enclave.testkit.FakeEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A session bus of its own with an unlocked GNOME Keyring on it; both end with it. */
public final class UnlockedKeyring implements AutoCloseable {

  /** The bus ends with the shell, which reads until its input ends. */
  private static final String DESK =
      """
      printf %s secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null
      echo "$DBUS_SESSION_BUS_ADDRESS"
      read -r end
      """;

  private final Path home;
  private final Process desk;
  private final String address;

  /** Starts it for a user whose home is {@code home}. */
  public UnlockedKeyring(Path home) throws IOException {
    this.home = home;
    Path runtime = home.resolve("run");
    Files.createDirectories(
        runtime,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    ProcessBuilder start =
        new ProcessBuilder("dbus-run-session", "--", "sh", "-c", DESK)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    start.environment().put("HOME", home.toString());
    start.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    start.environment().put("XDG_DATA_HOME", home.resolve("data").toString());
    start.environment().put("DISPLAY", "");
    start.environment().put("WAYLAND_DISPLAY", "");
    desk = start.start();
    BufferedReader said = desk.inputReader();
    String line = said.readLine();
    if (line == null) {
      desk.destroyForcibly();
      throw new AssertionError(
          "no keyring; install gnome-keyring, libsecret-tools, dbus and dbus-daemon");
    }
    address = line;
  }

  /** As a program of that user sees the machine. */
  public FakeEnvironment seenBy(FakeEnvironment machine) {
    String socket = address.replaceFirst("^unix:path=", "").replaceFirst(",.*", "");
    return machine
        .withProperty("os.name", "Linux")
        .withProperty("user.home", home.toString())
        .withVariable("DBUS_SESSION_BUS_ADDRESS", address)
        .withVariable("XDG_RUNTIME_DIR", home.resolve("run").toString())
        .withVariable("XDG_DATA_HOME", home.resolve("data").toString())
        .withUnreadable(socket);
  }

  @Override
  public void close() {
    try (OutputStream input = desk.getOutputStream()) {
      input.write("end\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      desk.destroyForcibly();
    }
    desk.onExit().join();
  }
}
