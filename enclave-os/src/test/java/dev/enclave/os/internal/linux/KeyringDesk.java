package dev.enclave.os.internal.linux;

import dev.enclave.testkit.FakeEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user's desk of its own: a private home, a D-Bus session bus, and on it, when asked for, a real
 * GNOME Keyring. All processes end with it.
 */
public final class KeyringDesk implements AutoCloseable {

  private static final String PASSWORD = "the login password";

  private static final String BUS =
      """
      <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
       "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <type>session</type>
        <listen>unix:path=%s</listen>
        <auth>EXTERNAL</auth>
        <policy context="default">
          <allow send_destination="*" eavesdrop="true"/>
          <allow eavesdrop="true"/>
          <allow own="*"/>
        </policy>
      </busconfig>
      """;

  private final Path home;
  private final Process bus;
  private final List<Process> others = new ArrayList<>();
  private @Nullable Process keyring;

  private KeyringDesk(Path home, Process bus) {
    this.home = home;
    this.bus = bus;
  }

  /** A desk with a bus and nothing on it, that starts nothing by itself. */
  public static KeyringDesk withBus(Path home) {
    try {
      for (String folder : List.of("run", "data")) {
        Files.createDirectories(
            home.resolve(folder),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Path configuration = home.resolve("bus.conf");
      Files.writeString(configuration, BUS.formatted(home.resolve("bus")));
      ProcessBuilder start =
          new ProcessBuilder(
                  "dbus-daemon", "--nofork", "--print-address=1", "--config-file=" + configuration)
              .redirectError(home.resolve("bus.log").toFile());
      start.environment().putAll(variables(home));
      Process bus = start.start();
      KeyringDesk desk = new KeyringDesk(home, bus);
      await(bus, "unix:path=");
      return desk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A desk with an unlocked keyring, made when there is none. */
  public static KeyringDesk unlocked(Path home) {
    KeyringDesk desk = withBus(home);
    desk.startKeyring("--unlock");
    return desk;
  }

  /** Starts the keyring and waits until it is on the bus. */
  void startKeyring(String... options) {
    List<String> command = new ArrayList<>(List.of("gnome-keyring-daemon", "--foreground"));
    command.addAll(List.of(options));
    command.add("--components=secrets");
    startService(
        List.of(options).contains("--unlock") ? PASSWORD : "", command.toArray(new String[0]));
  }

  /** Starts a Secret Service, hands it {@code input}, and waits until it is on the bus. */
  void startService(String input, String... command) {
    try {
      Process watch =
          start(
              "dbus-monitor",
              "--address",
              address(),
              "type='signal',member='NameOwnerChanged',arg0='org.freedesktop.secrets'");
      BufferedReader seen = watch.inputReader();
      await(seen, "NameAcquired");
      Process started = start(command);
      keyring = started;
      try (OutputStream stream = started.getOutputStream()) {
        stream.write(input.getBytes(StandardCharsets.UTF_8));
      }
      await(seen, "org.freedesktop.secrets");
      watch.destroy();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the keyring anew, without anybody who unlocks it. */
  public void lock() {
    killKeyring();
    startKeyring();
  }

  /** Unlocks it again, as the advice of a locked one says. */
  public void unlock() {
    killKeyring();
    startKeyring("--unlock");
  }

  /** Ends the keyring, as a crash would. */
  void killKeyring() {
    if (keyring != null) {
      keyring.destroyForcibly();
      keyring.onExit().join();
      keyring = null;
    }
  }

  /** Starts a program of this user; its errors are dropped. */
  Process start(String... command) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(variables(home));
      Process process = builder.start();
      others.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program of this user to its end and returns what it said. */
  public String run(String input, String... command) {
    Process process = start(command);
    try (OutputStream stream = process.getOutputStream()) {
      stream.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(Process process, String text) throws IOException {
    await(process.inputReader(), text);
  }

  static void await(BufferedReader lines, String text) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.contains(text)) {
      line = lines.readLine();
    }
    if (line == null) {
      throw new IOException("ended before it said " + text);
    }
  }

  String address() {
    return "unix:path=" + home.resolve("bus");
  }

  Path home() {
    return home;
  }

  /** The variables of a program at this desk. */
  static Map<String, String> variables(Path home) {
    return Map.of(
        "HOME",
        home.toString(),
        "XDG_RUNTIME_DIR",
        home.resolve("run").toString(),
        "XDG_DATA_HOME",
        home.resolve("data").toString(),
        "DBUS_SESSION_BUS_ADDRESS",
        "unix:path=" + home.resolve("bus"),
        "DISPLAY",
        "",
        "WAYLAND_DISPLAY",
        "");
  }

  /** The same as Enclave sees it. */
  public FakeEnvironment environment() {
    return environment(home);
  }

  /** The same in a process that was started at the desk of this home. */
  static FakeEnvironment environment(Path home) {
    FakeEnvironment environment =
        FakeEnvironment.empty()
            .withProperty("os.name", "Linux")
            .withProperty("user.home", home.toString())
            .withUnreadable(home.resolve("bus").toString());
    Path control = home.resolve("run/keyring/control");
    if (Files.exists(control)) {
      environment = environment.withUnreadable(control.toString());
    }
    for (Map.Entry<String, String> variable : variables(home).entrySet()) {
      environment = environment.withVariable(variable.getKey(), variable.getValue());
    }
    return environment;
  }

  @Override
  public void close() {
    List<Process> all = new ArrayList<>(others);
    all.add(bus);
    for (Process process : all) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
