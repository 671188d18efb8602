package dev.enclave.os.internal.linux.bus;

import java.util.List;
import java.util.Map;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.DBusMemberName;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.types.Variant;

/** The service itself. */
@DBusInterfaceName("org.freedesktop.Secret.Service")
public interface Service extends DBusInterface {

  /** Answers with the other side's public key, and the session. */
  @DBusMemberName("OpenSession")
  Two<Variant<?>, DBusPath> openSession(String algorithm, Variant<?> input);

  /** Answers with unlocked and locked items. */
  @DBusMemberName("SearchItems")
  Two<List<DBusPath>, List<DBusPath>> searchItems(Map<String, String> attributes);

  /** Answers with what is unlocked, and a prompt for the rest. */
  @DBusMemberName("Unlock")
  Two<List<DBusPath>, DBusPath> unlock(List<DBusPath> objects);

  /** Answers with a collection, or {@code /}. */
  @DBusMemberName("ReadAlias")
  DBusPath readAlias(String name);
}
