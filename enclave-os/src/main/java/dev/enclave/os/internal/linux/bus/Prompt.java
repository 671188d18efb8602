package dev.enclave.os.internal.linux.bus;

import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.DBusMemberName;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.types.Variant;

/** A question to the user. */
@DBusInterfaceName("org.freedesktop.Secret.Prompt")
public interface Prompt extends DBusInterface {

  @DBusMemberName("Prompt")
  void prompt(String windowId);

  @DBusMemberName("Dismiss")
  void dismiss();

  /** The user has answered, or nobody could be asked. */
  final class Completed extends DBusSignal {

    private final boolean dismissed;

    public Completed(String path, boolean dismissed, Variant<?> result) throws DBusException {
      super(path, dismissed, result);
      this.dismissed = dismissed;
    }

    public boolean dismissed() {
      return dismissed;
    }
  }
}
