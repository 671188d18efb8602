package dev.enclave.os.internal.linux.bus;

import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.DBusMemberName;
import org.freedesktop.dbus.interfaces.DBusInterface;

/** What secrets are encrypted for. */
@DBusInterfaceName("org.freedesktop.Secret.Session")
public interface Session extends DBusInterface {

  @DBusMemberName("Close")
  void close();
}
