package dev.enclave.os.internal.linux.bus;

import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.DBusMemberName;
import org.freedesktop.dbus.interfaces.DBusInterface;

/** One secret with its attributes. */
@DBusInterfaceName("org.freedesktop.Secret.Item")
public interface Item extends DBusInterface {

  @DBusMemberName("GetSecret")
  WireSecret getSecret(DBusPath session);

  /** Answers with a prompt, or {@code /}. */
  @DBusMemberName("Delete")
  DBusPath delete();
}
