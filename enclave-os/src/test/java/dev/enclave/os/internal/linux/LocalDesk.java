package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.linux.LocalSecretService.Kept;
import dev.enclave.os.internal.linux.LocalSecretService.Keyring;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.freedesktop.dbus.bin.EmbeddedDBusDaemon;
import org.freedesktop.dbus.exceptions.DBusException;
import org.jspecify.annotations.Nullable;

/** A desk in this process: the bus of dbus-java, and on it a Secret Service of ours. */
public final class LocalDesk extends KeyringDesk {

  private final EmbeddedDBusDaemon bus;
  private final Keyring keyring;
  private @Nullable LocalSecretService service;

  private LocalDesk(Path home, Keyring keyring) {
    super(home);
    this.keyring = keyring;
    bus = new EmbeddedDBusDaemon(address() + ",listen=true");
    bus.startInBackgroundAndWait();
    // It listens before it runs, and ends when somebody connects in between.
    while (!bus.isRunning()) {
      Thread.onSpinWait();
    }
  }

  /** A desk with a bus and nothing on it, that starts nothing by itself. */
  static LocalDesk withBus(Path home, Keyring keyring) {
    return new LocalDesk(home, keyring);
  }

  /** A desk with an unlocked keyring. */
  public static LocalDesk unlocked(Path home) {
    LocalDesk desk = withBus(home, new Keyring());
    desk.startKeyring(true);
    return desk;
  }

  @Override
  public FakeEnvironment environment() {
    String file = home() + "/data/dbus-1/services/org.freedesktop.secrets.service";
    return super.environment().withFile(file, "");
  }

  @Override
  void startKeyring(boolean unlocked) {
    try {
      service = new LocalSecretService(address(), keyring, unlocked);
    } catch (DBusException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void killKeyring() {
    if (service != null) {
      service.close();
      service = null;
    }
  }

  @Override
  public String search(String... attributes) {
    return service().items(map(attributes)).stream()
        .map(
            item ->
                "label = %s\nsecret = %s\nschema = %s\n"
                    .formatted(item.label(), text(item), item.attributes().get("xdg:schema")))
        .collect(Collectors.joining());
  }

  private static String text(Kept item) {
    return new String(item.secret(), StandardCharsets.UTF_8);
  }

  @Override
  void store(String label, String secret, String... attributes) {
    byte[] octets = secret.getBytes(StandardCharsets.UTF_8);
    service().put(new Kept(label, map(attributes), octets, "text/plain"), true);
  }

  @Override
  void clear(String... attributes) {
    service().remove(map(attributes));
  }

  /** How many prompts the user could still see. */
  int openPrompts() {
    return service().openPrompts();
  }

  private LocalSecretService service() {
    return Objects.requireNonNull(service);
  }

  private static Map<String, String> map(String... attributes) {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put(attributes[i], attributes[i + 1]);
    }
    return map;
  }

  @Override
  public void close() {
    killKeyring();
    try {
      bus.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
