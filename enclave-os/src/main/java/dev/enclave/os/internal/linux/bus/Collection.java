package dev.enclave.os.internal.linux.bus;

import java.util.Map;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.DBusMemberName;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.types.Variant;

/** A keyring or wallet. */
@DBusInterfaceName("org.freedesktop.Secret.Collection")
public interface Collection extends DBusInterface {

  /** Answers with the item, or with a prompt. */
  @DBusMemberName("CreateItem")
  Two<DBusPath, DBusPath> createItem(
      Map<String, Variant<?>> properties, WireSecret secret, boolean replace);
}
