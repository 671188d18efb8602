package dev.enclave.os.internal.linux.bus;

import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.Struct;
import org.freedesktop.dbus.annotations.Position;

/** A secret on its way over the bus, encrypted for one session. */
public final class WireSecret extends Struct {

  @Position(0)
  private final DBusPath session;

  @Position(1)
  private final byte[] parameters;

  @Position(2)
  private final byte[] value;

  @Position(3)
  private final String contentType;

  public WireSecret(DBusPath session, byte[] parameters, byte[] value, String contentType) {
    this.session = session;
    this.parameters = parameters.clone();
    this.value = value.clone();
    this.contentType = contentType;
  }

  public DBusPath session() {
    return session;
  }

  /** The initialisation vector. */
  public byte[] parameters() {
    return parameters.clone();
  }

  public byte[] value() {
    return value.clone();
  }

  public String contentType() {
    return contentType;
  }
}
