package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.backend.SigningBackend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sealing key in a real keyring, seen with other eyes: secret-tool, and the bus itself. */
@NeedsKeyring
@Timeout(300)
@Tag("needs-keyring")
@Tag("full")
class SealingKeyTest {

  private final KeyringDesk desk;

  SealingKeyTest(@TempDir Path home) {
    desk = KeyringDesk.unlocked(home);
  }

  @AfterEach
  void leave() {
    desk.close();
  }

  @Test
  void isOneItem_foundByAttributesAnybodyCanRead() throws Exception {
    Desk.at(desk).withKeys("wallet-1", "wallet-2");

    String found = desk.run("", "secret-tool", "search", "--all", "application", "enclave");

    assertThat(found.lines().filter(line -> line.startsWith("label = "))).hasSize(1);
    assertThat(found).contains("label = Enclave sealing key", "schema = dev.enclave.SealingKey");
    assertThat(Base64.getDecoder().decode(sealingKey())).hasSize(32);
  }

  @Test
  void crossesTheBusEncryptedOnly() throws Exception {
    Process monitor = desk.start("dbus-monitor", "--binary", "--address", desk.address());
    ByteArrayOutputStream traffic = new ByteArrayOutputStream();
    Thread reader = new Thread(() -> drain(monitor, traffic));
    reader.start();
    awaitTraffic(traffic, "NameAcquired");

    Desk.at(desk).withKeys("wallet-1");
    Desk.at(desk).open().close();

    String key = sealingKey();
    // The bus keeps the order, so what was said before this has been captured when this is.
    desk.run("", "secret-tool", "search", "application", "the-end-of-this-capture");
    awaitTraffic(traffic, "the-end-of-this-capture");
    String encrypted = text(traffic);
    assertThat(encrypted).contains(TransportCipher.ALGORITHM, "CreateItem", "GetSecret");
    assertThat(encrypted).doesNotContain(key, raw(key));

    fetchInTheClear();
    awaitTraffic(traffic, key);
    monitor.destroy();
    reader.join();
    // The same capture shows the key where it is sent without encryption.
    assertThat(text(traffic)).contains(key);
  }

  @Test
  void liesInNoFileBesideTheKeys() throws Exception {
    Desk.at(desk).withKeys("wallet-1");

    String key = sealingKey();
    try (Stream<Path> files = Files.walk(desk.home())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain(key, raw(key));
      }
    }
  }

  @Test
  void leavesTheItemsOfOthersAsTheyWere() throws Exception {
    desk.run(
        "another's secret",
        "secret-tool",
        "store",
        "--label=Mail",
        "application",
        "mail",
        "a",
        "b");
    String before = mail();

    try (SigningBackend backend = Desk.at(desk).open()) {
      Desk.at(desk).create(backend, "wallet-1");
      backend.health(Desk.call());
    }
    new SecretServicePlace(
            desk.environment(), java.time.Duration.ZERO, new java.security.SecureRandom())
        .remove("of-no-store");

    assertThat(mail()).isEqualTo(before).contains("secret = another's secret");
  }

  /** Without the schema, which GNOME Keyring tells only once it has read its file again. */
  private String mail() {
    return desk.run("", "secret-tool", "search", "--all", "application", "mail")
        .replaceAll("(?m)^schema = .*\n", "");
  }

  private String sealingKey() {
    return desk.run("", "secret-tool", "lookup", "application", "enclave").strip();
  }

  private static String raw(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
  }

  /** As a careless program would: to see that the capture would show it. */
  private void fetchInTheClear() throws Exception {
    try (Bus bus = Bus.connect(desk.address())) {
      var service =
          bus.object("/org/freedesktop/secrets", dev.enclave.os.internal.linux.bus.Service.class);
      var session = bus.ask(() -> service.openSession("plain", new Variant<>(""))).second();
      var items = bus.ask(() -> service.searchItems(java.util.Map.of("application", "enclave")));
      List<org.freedesktop.dbus.DBusPath> unlocked = items.first();
      var item =
          bus.object(unlocked.get(0).getPath(), dev.enclave.os.internal.linux.bus.Item.class);
      bus.ask(() -> item.getSecret(session));
    }
  }

  private static void drain(Process monitor, ByteArrayOutputStream traffic) {
    byte[] buffer = new byte[8192];
    try (var in = monitor.getInputStream()) {
      int length = in.read(buffer);
      while (length >= 0) {
        synchronized (traffic) {
          traffic.write(buffer, 0, length);
          traffic.notifyAll();
        }
        length = in.read(buffer);
      }
    } catch (IOException e) {
      return; // The monitor was ended.
    }
  }

  private static void awaitTraffic(ByteArrayOutputStream traffic, String text)
      throws InterruptedException {
    synchronized (traffic) {
      while (!traffic.toString(StandardCharsets.ISO_8859_1).contains(text)) {
        traffic.wait();
      }
    }
  }

  private static String text(ByteArrayOutputStream traffic) {
    synchronized (traffic) {
      return traffic.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
