package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.linux.bus.Collection;
import dev.enclave.os.internal.linux.bus.Item;
import dev.enclave.os.internal.linux.bus.Prompt;
import dev.enclave.os.internal.linux.bus.Service;
import dev.enclave.os.internal.linux.bus.Session;
import dev.enclave.os.internal.linux.bus.Two;
import dev.enclave.os.internal.linux.bus.WireSecret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.connections.AbstractConnection;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.errors.NotSupported;
import org.freedesktop.dbus.errors.PropertyReadOnly;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;

/**
 * A Secret Service in this process, as draft 0.2 of the freedesktop.org API has it: sessions, plain
 * and encrypted; one collection, locked as a whole, with the alias {@code default}; items; prompts.
 * Of the interfaces it has what the package {@code bus} declares.
 */
final class LocalSecretService implements AutoCloseable {

  /** What stays of a keyring while no service runs, and who sits before it. Guarded by itself. */
  static final class Keyring {

    private final Map<String, Kept> items = new LinkedHashMap<>();
    private int numbers;
    private boolean exists;
    private boolean locked;

    /** What becomes of prompts. */
    User user = User.AWAY;

    /** Whether the user is asked before an item is made or removed. */
    boolean careful;
  }

  /** An item; none is compared with another. */
  @SuppressWarnings("ArrayRecordComponent")
  record Kept(String label, Map<String, String> attributes, byte[] secret, String type) {

    private boolean has(Map<String, String> wanted) {
      return attributes.entrySet().containsAll(wanted.entrySet());
    }
  }

  enum User {
    /** No prompt can be shown. */
    AWAY,
    /** Agrees to everything. */
    AGREES,
    /** Sees prompts and does nothing. */
    WAITS
  }

  private static final String NAME = "org.freedesktop.secrets";
  private static final String ROOT = "/org/freedesktop/secrets";
  private static final String COLLECTION = ROOT + "/collection/login";
  private static final String TYPE = "org.freedesktop.Secret.";
  private static final DBusPath NONE = new DBusPath("/");

  private final DBusConnection connection;
  private final Keyring keyring;
  private final Map<String, Opened> sessions = new HashMap<>();
  private final SecureRandom random = new SecureRandom();
  private int openPrompts;

  /**
   * Starts it.
   *
   * @param unlocked whether the user unlocks the keyring, which makes one where there is none
   */
  LocalSecretService(String address, Keyring keyring, boolean unlocked) throws DBusException {
    this.keyring = keyring;
    keyring.locked = !unlocked;
    keyring.exists |= unlocked;
    connection = DBusConnectionBuilder.forAddress(address).withShared(false).build();
    export(new Root());
    if (keyring.exists) {
      export(new Login());
    }
    keyring.items.keySet().forEach(path -> export(new Entry(path)));
    connection.requestBusName(NAME);
  }

  /** Ends it, as a crash would. */
  @Override
  public void close() {
    try {
      // Otherwise a question could reach the bus before it has seen that this connection is gone.
      connection.releaseBusName(NAME);
    } catch (DBusException e) {
      throw new IllegalStateException(e);
    }
    connection.disconnect();
  }

  /** The items with these attributes. */
  List<Kept> items(Map<String, String> attributes) {
    synchronized (keyring) {
      return paths(attributes).stream().map(path -> kept(path.getPath())).toList();
    }
  }

  /** Keeps an item, in place of one with the same attributes. */
  DBusPath put(Kept item, boolean replace) {
    synchronized (keyring) {
      if (replace) {
        keyring.items.entrySet().stream()
            .filter(other -> other.getValue().attributes.equals(item.attributes))
            .map(Map.Entry::getKey)
            .findFirst()
            .ifPresent(this::remove);
      }
      String path = COLLECTION + "/" + ++keyring.numbers;
      keyring.items.put(path, item);
      export(new Entry(path));
      return new DBusPath(path);
    }
  }

  /** How many prompts the user could still see. */
  int openPrompts() {
    synchronized (keyring) {
      return openPrompts;
    }
  }

  void remove(Map<String, String> attributes) {
    synchronized (keyring) {
      paths(attributes).forEach(path -> remove(path.getPath()));
    }
  }

  private void remove(String path) {
    keyring.items.remove(path);
    connection.unExportObject(path);
  }

  private Kept kept(String path) {
    Kept item = keyring.items.get(path);
    if (item == null) {
      throw error(TYPE + "Error.NoSuchObject", "The item is gone.");
    }
    return item;
  }

  private List<DBusPath> paths(Map<String, String> attributes) {
    return keyring.items.entrySet().stream()
        .filter(item -> item.getValue().has(attributes))
        .map(item -> new DBusPath(item.getKey()))
        .toList();
  }

  private void requireUnlocked() {
    if (keyring.locked) {
      throw error(TYPE + "Error.IsLocked", "The keyring is locked.");
    }
  }

  private String number(String kind) {
    return ROOT + "/" + kind + "/" + ++keyring.numbers;
  }

  private void export(DBusInterface object) {
    try {
      connection.exportObject(object);
    } catch (DBusException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("removal") // dbus-java 5.2 takes a name of a specification's own nowhere else.
  private static DBusExecutionException error(String name, String message) {
    DBusExecutionException error = new DBusExecutionException(message);
    error.setType(name);
    return error;
  }

  private static DBusExecutionException invalid(String message) {
    return error("org.freedesktop.DBus.Error.InvalidArgs", message);
  }

  /** A session of the caller's own. */
  private Opened session(DBusPath path) {
    Opened session = sessions.get(path.getPath());
    if (session == null || !session.owner.equals(caller())) {
      throw error(TYPE + "Error.NoSession", "The caller has no such session.");
    }
    return session;
  }

  private static String caller() {
    return AbstractConnection.getCallInfo().getSource();
  }

  private static byte[] octets(Variant<?> value) {
    if (!(value.getValue() instanceof List<?> list) || !value.getSig().equals("ay")) {
      throw invalid("A public key is an array of bytes.");
    }
    byte[] octets = new byte[list.size()];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (Byte) list.get(i);
    }
    return octets;
  }

  /** An object at a path, with properties that nobody may set. */
  private abstract class Exported implements Properties {

    private final String path;

    Exported(String path) {
      this.path = path;
    }

    abstract Map<String, Variant<?>> properties();

    @Override
    public String getObjectPath() {
      return path;
    }

    @Override
    public Map<String, Variant<?>> GetAll(String type) {
      synchronized (keyring) {
        return properties();
      }
    }

    @Override
    // dbus-java declares it so, and sends any value as a variant.
    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
    public <A> A Get(String type, String name) {
      return (A) GetAll(type).get(name);
    }

    @Override
    public <A> void Set(String type, String name, A value) {
      throw new PropertyReadOnly(name);
    }
  }

  private final class Root extends Exported implements Service {

    Root() {
      super(ROOT);
    }

    @Override
    Map<String, Variant<?>> properties() {
      List<DBusPath> all = keyring.exists ? List.of(new DBusPath(COLLECTION)) : List.of();
      return Map.of("Collections", new Variant<>(all, "ao"));
    }

    @Override
    public Two<Variant<?>, DBusPath> openSession(String algorithm, Variant<?> input) {
      synchronized (keyring) {
        Variant<?> output = new Variant<>("");
        SecretKeySpec key = null;
        if (algorithm.equals("dh-ietf1024-sha256-aes128-cbc-pkcs7")) {
          try {
            OtherSide side = new OtherSide();
            key = OtherSide.key(side.shared(octets(input)));
            output = new Variant<>(side.publicKey(), "ay");
          } catch (GeneralSecurityException e) {
            throw invalid("That is no public key of the group.");
          }
        } else if (!algorithm.equals("plain")) {
          throw new NotSupported(algorithm);
        }
        Opened session = new Opened(number("session"), caller(), key);
        sessions.put(session.path, session);
        export(session);
        return new Two<>(output, new DBusPath(session.path));
      }
    }

    @Override
    public Two<List<DBusPath>, List<DBusPath>> searchItems(Map<String, String> attributes) {
      synchronized (keyring) {
        List<DBusPath> found = paths(attributes);
        return keyring.locked ? new Two<>(List.of(), found) : new Two<>(found, List.of());
      }
    }

    @Override
    public Two<List<DBusPath>, DBusPath> unlock(List<DBusPath> objects) {
      synchronized (keyring) {
        List<DBusPath> here = objects.stream().filter(this::isHere).toList();
        if (!keyring.locked || here.isEmpty()) {
          return new Two<>(here, NONE);
        }
        return new Two<>(
            List.of(),
            prompt(
                () -> {
                  keyring.locked = false;
                  return new Variant<>(here, "ao");
                }));
      }
    }

    private boolean isHere(DBusPath path) {
      return keyring.items.containsKey(path.getPath())
          || (keyring.exists && path.getPath().equals(COLLECTION));
    }

    @Override
    public DBusPath readAlias(String name) {
      synchronized (keyring) {
        return keyring.exists && name.equals("default") ? new DBusPath(COLLECTION) : NONE;
      }
    }
  }

  private final class Login extends Exported implements Collection {

    Login() {
      super(COLLECTION);
    }

    @Override
    Map<String, Variant<?>> properties() {
      return Map.of(
          "Items",
          new Variant<>(paths(Map.of()), "ao"),
          "Label",
          new Variant<>("Login"),
          "Locked",
          new Variant<>(keyring.locked));
    }

    @Override
    public Two<DBusPath, DBusPath> createItem(
        Map<String, Variant<?>> properties, WireSecret secret, boolean replace) {
      synchronized (keyring) {
        requireUnlocked();
        Kept item =
            new Kept(
                String.valueOf(property(properties, "Label", "s")),
                attributes(property(properties, "Attributes", "a{ss}")),
                session(secret.session()).open(secret),
                secret.contentType());
        return keyring.careful
            ? new Two<>(NONE, prompt(() -> new Variant<>(put(item, replace))))
            : new Two<>(put(item, replace), NONE);
      }
    }

    private Object property(Map<String, Variant<?>> properties, String name, String signature) {
      Variant<?> value = properties.get(TYPE + "Item." + name);
      if (value == null || !value.getSig().equals(signature)) {
        throw invalid("An item needs a property " + name + " of type " + signature + ".");
      }
      return value.getValue();
    }

    private Map<String, String> attributes(Object value) {
      Map<String, String> attributes = new HashMap<>();
      ((Map<?, ?>) value).forEach((k, v) -> attributes.put(String.valueOf(k), String.valueOf(v)));
      return attributes;
    }
  }

  private final class Entry extends Exported implements Item {

    Entry(String path) {
      super(path);
    }

    @Override
    Map<String, Variant<?>> properties() {
      Kept item = kept(getObjectPath());
      return Map.of(
          "Attributes",
          new Variant<>(item.attributes, "a{ss}"),
          "Label",
          new Variant<>(item.label),
          "Locked",
          new Variant<>(keyring.locked));
    }

    @Override
    public WireSecret getSecret(DBusPath path) {
      synchronized (keyring) {
        requireUnlocked();
        return session(path).seal(kept(getObjectPath()));
      }
    }

    @Override
    public DBusPath delete() {
      synchronized (keyring) {
        requireUnlocked();
        if (keyring.careful) {
          return prompt(this::removed);
        }
        removed();
        return NONE;
      }
    }

    private Variant<?> removed() {
      remove(getObjectPath());
      return new Variant<>("");
    }
  }

  /** A session, and how secrets are sent in it: with a key encrypted, without one as they are. */
  private final class Opened implements Session {

    private final String path;
    private final String owner;
    private final @Nullable SecretKeySpec key;

    Opened(String path, String owner, @Nullable SecretKeySpec key) {
      this.path = path;
      this.owner = owner;
      this.key = key;
    }

    @Override
    public String getObjectPath() {
      return path;
    }

    @Override
    public void close() {
      synchronized (keyring) {
        session(new DBusPath(path));
        sessions.remove(path);
        connection.unExportObject(path);
      }
    }

    WireSecret seal(Kept item) {
      byte[] vector = new byte[key == null ? 0 : 16];
      random.nextBytes(vector);
      byte[] value = process(Cipher.ENCRYPT_MODE, vector, item.secret);
      return new WireSecret(new DBusPath(path), vector, value, item.type);
    }

    byte[] open(WireSecret secret) {
      return process(Cipher.DECRYPT_MODE, secret.parameters(), secret.value());
    }

    private byte[] process(int mode, byte[] vector, byte[] value) {
      if (key == null) {
        return value;
      }
      try {
        Cipher aes = Cipher.getInstance("AES/CBC/PKCS5Padding", "SunJCE");
        aes.init(mode, key, new IvParameterSpec(vector));
        return aes.doFinal(value);
      } catch (GeneralSecurityException e) {
        throw invalid("The secret is not encrypted for this session.");
      }
    }
  }

  /** Makes a prompt for what the user may agree to. */
  private DBusPath prompt(Supplier<Variant<?>> act) {
    Asked prompt = new Asked(number("prompt"), act);
    openPrompts++;
    export(prompt);
    return new DBusPath(prompt.path);
  }

  private final class Asked implements Prompt {

    private final String path;
    private final Supplier<Variant<?>> act;

    Asked(String path, Supplier<Variant<?>> act) {
      this.path = path;
      this.act = act;
    }

    @Override
    public String getObjectPath() {
      return path;
    }

    @Override
    public void prompt(String windowId) {
      synchronized (keyring) {
        switch (keyring.user) {
          case AWAY -> dismiss();
          case AGREES -> complete(false, act.get());
          case WAITS -> {}
        }
      }
    }

    @Override
    public void dismiss() {
      synchronized (keyring) {
        complete(true, new Variant<>(""));
      }
    }

    private void complete(boolean dismissed, Variant<?> result) {
      connection.unExportObject(path);
      openPrompts--;
      try {
        connection.sendMessage(new Completed(path, dismissed, result));
      } catch (DBusException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
