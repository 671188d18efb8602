package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.Texts;
import dev.enclave.os.internal.linux.bus.Collection;
import dev.enclave.os.internal.linux.bus.Item;
import dev.enclave.os.internal.linux.bus.Service;
import dev.enclave.os.internal.linux.bus.Session;
import dev.enclave.os.internal.linux.bus.Two;
import dev.enclave.os.internal.linux.bus.WireSecret;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.Variant;

/** One session with the Secret Service, encrypted. Not thread-safe. */
final class SecretService implements AutoCloseable {

  private static final String ROOT = "/org/freedesktop/secrets";
  private static final String NOTHING = "/";
  private static final String ITEM = "org.freedesktop.Secret.Item.";

  private final Bus bus;
  private final Prompts prompts;
  private final Service service;
  private final TransportCipher cipher;
  private final DBusPath session;

  private SecretService(
      Bus bus, Prompts prompts, Service service, TransportCipher cipher, DBusPath session) {
    this.bus = bus;
    this.prompts = prompts;
    this.service = service;
    this.cipher = cipher;
    this.session = session;
  }

  /**
   * Connects and agrees on a key.
   *
   * @param prompting how long the user may be waited for; zero to ask nobody
   */
  static SecretService connect(String address, Duration prompting, SecureRandom random)
      throws BackendFailure {
    Bus bus = Bus.connect(address);
    boolean open = false;
    TransportCipher cipher = new TransportCipher(random);
    try {
      Service service = bus.object(ROOT, Service.class);
      Two<Variant<?>, DBusPath> answer =
          bus.ask(
              () ->
                  service.openSession(
                      TransportCipher.ALGORITHM, new Variant<>(cipher.publicKey(), "ay")));
      if (!cipher.agree(bytes(answer.first().getValue()))) {
        throw Texts.NO_KEY_AGREED.permanent(FailureCode.REJECTED, TransportCipher.ALGORITHM);
      }
      open = true;
      return new SecretService(bus, new Prompts(bus, prompting), service, cipher, answer.second());
    } finally {
      if (!open) {
        cipher.close();
        bus.close();
      }
    }
  }

  /** A byte array in a variant, however dbus-java read it; empty if it is none. */
  private static byte[] bytes(Object value) {
    if (value instanceof byte[] array) {
      return array;
    }
    if (!(value instanceof List<?> list)) {
      return new byte[0];
    }
    byte[] array = new byte[list.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = list.get(i) instanceof Byte octet ? octet : 0;
    }
    return array;
  }

  /** The secret with exactly these attributes; the caller closes it. */
  Optional<SecretBytes> find(Map<String, String> attributes) throws BackendFailure {
    unlockIfNothingIs();
    List<DBusPath> items = unlockedItems(attributes);
    if (items.isEmpty() && unlockDefault()) {
      items = unlockedItems(attributes);
    }
    if (items.size() > 1) {
      throw Texts.SEVERAL_ITEMS.permanent(FailureCode.CORRUPT, items.size());
    }
    return items.isEmpty() ? Optional.empty() : Optional.of(secret(items.get(0)));
  }

  private SecretBytes secret(DBusPath path) throws BackendFailure {
    Item item = bus.object(path.getPath(), Item.class);
    WireSecret secret = bus.ask(() -> item.getSecret(session));
    try {
      return cipher.decrypt(secret.parameters(), secret.value());
    } catch (InvalidCipherTextException e) {
      throw Texts.ANSWER_NOT_ENCRYPTED.permanent(FailureCode.REJECTED);
    }
  }

  /** Keeps a secret in the default collection. */
  void store(String label, Map<String, String> attributes, byte[] secret) throws BackendFailure {
    DBusPath collection = defaultCollection();
    if (collection.getPath().equals(NOTHING)) {
      throw Texts.NO_DEFAULT_COLLECTION.permanent(FailureCode.MISCONFIGURED);
    }
    prompts.unlock(service, List.of(collection));
    byte[] vector = cipher.newVector();
    WireSecret wire = new WireSecret(session, vector, cipher.encrypt(vector, secret), "text/plain");
    Map<String, Variant<?>> properties =
        Map.of(
            ITEM + "Label",
            new Variant<>(label),
            ITEM + "Attributes",
            new Variant<>(attributes, "a{ss}"));
    Collection keyring = bus.object(collection.getPath(), Collection.class);
    Two<DBusPath, DBusPath> answer = bus.ask(() -> keyring.createItem(properties, wire, false));
    if (answer.first().getPath().equals(NOTHING)) {
      prompts.confirm(answer.second());
    }
  }

  /** Removes whatever has these attributes and is unlocked. */
  void remove(Map<String, String> attributes) throws BackendFailure {
    unlockIfNothingIs();
    for (DBusPath path : bus.ask(() -> service.searchItems(attributes)).first()) {
      Item item = bus.object(path.getPath(), Item.class);
      DBusPath prompt = bus.ask(item::delete);
      if (!prompt.getPath().equals(NOTHING)) {
        prompts.confirm(prompt);
      }
    }
  }

  private List<DBusPath> unlockedItems(Map<String, String> attributes) throws BackendFailure {
    Two<List<DBusPath>, List<DBusPath>> found = bus.ask(() -> service.searchItems(attributes));
    List<DBusPath> items = new ArrayList<>(found.first());
    if (items.isEmpty() && !found.second().isEmpty()) {
      prompts.unlock(service, found.second());
      items.addAll(found.second());
    }
    return items;
  }

  /** A locked KeePassXC answers a search only when the user has unlocked it, so it goes first. */
  private void unlockIfNothingIs() throws BackendFailure {
    List<?> collections = list(property(ROOT, "Service", "Collections"));
    for (Object collection : collections) {
      if (collection instanceof DBusPath path
          && property(path.getPath(), "Collection", "Locked").equals(false)) {
        return;
      }
    }
    if (!collections.isEmpty()) {
      unlockDefault();
    }
  }

  private Object property(String path, String type, String name) throws BackendFailure {
    Properties properties = bus.object(path, Properties.class);
    return bus.ask(() -> properties.Get("org.freedesktop.Secret." + type, name));
  }

  /** An array, however dbus-java read it. */
  private static List<?> list(Object value) {
    return value instanceof Object[] array
        ? List.of(array)
        : value instanceof List<?> l ? l : List.of();
  }

  /** Unlocks the default collection: some services find nothing in what is locked. */
  private boolean unlockDefault() throws BackendFailure {
    DBusPath collection = defaultCollection();
    return !collection.getPath().equals(NOTHING) && prompts.unlock(service, List.of(collection));
  }

  private DBusPath defaultCollection() throws BackendFailure {
    return bus.ask(() -> service.readAlias("default"));
  }

  @Override
  public void close() {
    cipher.close();
    try {
      Session opened = bus.object(session.getPath(), Session.class);
      bus.ask(
          () -> {
            opened.close();
            return session;
          });
    } catch (BackendFailure e) {
      // The service ends a session with its connection, too.
    } finally {
      bus.close();
    }
  }
}
