package dev.enclave.os.internal.linux;

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
import org.jspecify.annotations.Nullable;

/**
 * A desk with a real session bus, and on it a real GNOME Keyring. All processes end with it.
 * Another program is secret-tool.
 */
public final class RealDesk extends KeyringDesk {

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

  private final Process bus;
  private final List<Process> others = new ArrayList<>();
  private @Nullable Process keyring;

  private RealDesk(Path home, Process bus) {
    super(home);
    this.bus = bus;
  }

  /** A desk with a bus and nothing on it, that starts nothing by itself. */
  public static RealDesk withBus(Path home) {
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
      RealDesk desk = new RealDesk(home, bus);
      await(bus, "unix:path=");
      return desk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A desk with an unlocked keyring, made when there is none. */
  public static RealDesk unlocked(Path home) {
    RealDesk desk = withBus(home);
    desk.startKeyring(true);
    return desk;
  }

  @Override
  void startKeyring(boolean unlocked) {
    List<String> command = new ArrayList<>(List.of("gnome-keyring-daemon", "--foreground"));
    if (unlocked) {
      command.add("--unlock");
    }
    command.add("--components=secrets");
    startService(unlocked ? PASSWORD : "", command.toArray(new String[0]));
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

  @Override
  void killKeyring() {
    if (keyring != null) {
      keyring.destroyForcibly();
      keyring.onExit().join();
      keyring = null;
    }
  }

  @Override
  public String search(String... attributes) {
    return secretTool("", List.of("search", "--all"), attributes);
  }

  @Override
  void store(String label, String secret, String... attributes) {
    secretTool(secret, List.of("store", "--label=" + label), attributes);
  }

  @Override
  void clear(String... attributes) {
    secretTool("", List.of("clear"), attributes);
  }

  private String secretTool(String input, List<String> command, String... attributes) {
    List<String> whole = new ArrayList<>(List.of("secret-tool"));
    whole.addAll(command);
    whole.addAll(List.of(attributes));
    return run(input, whole.toArray(new String[0]));
  }

  /** Starts a program of this user; its errors are dropped. */
  Process start(String... command) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().putAll(variables(home()));
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
