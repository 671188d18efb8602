package dev.enclave.os.internal.linux;

import dev.enclave.testkit.FakeEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A user's desk of its own: a private home, a session bus, and on it, when asked for, a keyring.
 */
public abstract class KeyringDesk implements AutoCloseable {

  private final Path home;

  KeyringDesk(Path home) {
    this.home = home;
  }

  /**
   * Starts the keyring and waits until it is on the bus.
   *
   * @param unlocked whether the user unlocks it, which makes one where there is none
   */
  abstract void startKeyring(boolean unlocked);

  /** Ends the keyring, as a crash would. */
  abstract void killKeyring();

  /** Starts the keyring anew, without anybody who unlocks it. */
  public final void lock() {
    killKeyring();
    startKeyring(false);
  }

  /** Unlocks it again, as the advice of a locked one says. */
  public final void unlock() {
    killKeyring();
    startKeyring(true);
  }

  /**
   * What another program finds by attributes, names and values in turn: a line for the label, the
   * secret and the schema of each item, such as {@code label = Mail}.
   */
  public abstract String search(String... attributes);

  /** The secret of the one item that has these attributes. */
  final String secret(String... attributes) {
    List<String> secrets =
        search(attributes).lines().filter(line -> line.startsWith("secret = ")).toList();
    if (secrets.size() != 1) {
      throw new IllegalStateException("There are " + secrets.size() + " items.");
    }
    return secrets.get(0).substring("secret = ".length());
  }

  /** Has another program keep a secret, in place of one with the same attributes. */
  abstract void store(String label, String secret, String... attributes);

  /** Has another program remove what has these attributes. */
  abstract void clear(String... attributes);

  final String address() {
    return "unix:path=" + home.resolve("bus");
  }

  final Path home() {
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
  public abstract void close();
}
