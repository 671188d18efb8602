package dev.enclave.os.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same in GNOME Keyring, seen with the eyes of secret-tool and of who reads along on the bus.
 */
@NeedsKeyring
@Tag("needs-keyring")
@Tag("full")
class GnomeSealingKeyTest extends SealingKeyTest {

  GnomeSealingKeyTest(@TempDir Path home) {
    super(home);
  }

  @Override
  RealDesk unlocked(Path home) {
    return RealDesk.unlocked(home);
  }

  @Test
  void crossesTheBusEncryptedOnly() throws Exception {
    RealDesk real = (RealDesk) desk;
    Process monitor = real.start("dbus-monitor", "--binary", "--address", desk.address());
    ByteArrayOutputStream traffic = new ByteArrayOutputStream();
    Thread reader = new Thread(() -> drain(monitor, traffic));
    reader.start();
    awaitTraffic(traffic, "NameAcquired");

    Desk.at(desk).withKeys("wallet-1");
    Desk.at(desk).open().close();

    String key = sealingKey();
    // The bus keeps the order, so what was said before this has been captured when this is.
    real.run("", "secret-tool", "search", "application", "the-end-of-this-capture");
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
