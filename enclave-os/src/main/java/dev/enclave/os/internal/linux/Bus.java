package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.errors.AccessDenied;
import org.freedesktop.dbus.errors.NoReply;
import org.freedesktop.dbus.errors.ServiceUnknown;
import org.freedesktop.dbus.errors.Timeout;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.exceptions.NotConnected;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.interfaces.DBusSigHandler;
import org.freedesktop.dbus.messages.DBusSignal;

/** One connection to the session bus, for the Secret Service. Not thread-safe. */
final class Bus implements AutoCloseable {

  static final String SOCKET = "unix:path=";

  private static final String SERVICE = "org.freedesktop.secrets";
  private final DBusConnection connection;

  private Bus(DBusConnection connection) {
    this.connection = connection;
  }

  /**
   * Connects.
   *
   * @param address begins with {@code unix:path=}
   */
  static Bus connect(String address) throws BackendFailure {
    requireListener(address);
    try {
      return new Bus(DBusConnectionBuilder.forAddress(address).withShared(false).build());
    } catch (DBusException | RuntimeException e) {
      // Whatever is wrong with a bus, dbus-java may say it by any of them.
      throw unreachable(address);
    }
  }

  /** At once: dbus-java tries a dead socket again and again, for 20 seconds. */
  private static void requireListener(String address) throws BackendFailure {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(address.substring(SOCKET.length())));
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(address);
    }
  }

  private static BackendFailure unreachable(String address) {
    return Texts.SESSION_IS_OVER.permanent(FailureCode.UNAVAILABLE, address);
  }

  <T extends DBusInterface> T object(String path, Class<T> type) throws BackendFailure {
    try {
      return connection.getRemoteObject(SERVICE, path, type);
    } catch (DBusException | DBusExecutionException e) {
      throw failure(e);
    }
  }

  /** One question to the service. */
  interface Question<T> {
    T put();
  }

  <T> T ask(Question<T> question) throws BackendFailure {
    try {
      return question.put();
    } catch (RuntimeException e) {
      throw failure(e);
    }
  }

  /** Signals that are listened for. */
  interface Listening {
    void end();
  }

  /** Calls {@code handler} for every such signal of the service. */
  <T extends DBusSignal> Listening listen(Class<T> signal, DBusSigHandler<T> handler)
      throws BackendFailure {
    try {
      String owner = connection.getDBusOwnerName(SERVICE);
      connection.addSigHandler(signal, owner, handler);
      return () -> stop(signal, owner, handler);
    } catch (DBusException | DBusExecutionException e) {
      throw failure(e);
    }
  }

  private <T extends DBusSignal> void stop(
      Class<T> signal, String owner, DBusSigHandler<T> handler) {
    try {
      connection.removeSigHandler(signal, owner, handler);
    } catch (DBusException | DBusExecutionException e) {
      return; // The connection is about to be closed.
    }
  }

  private static BackendFailure failure(Exception e) {
    if (e instanceof ServiceUnknown) {
      return Texts.NO_SECRET_SERVICE.permanent(
          FailureCode.UNAVAILABLE, Texts.START_SECRET_SERVICE.with());
    }
    if (e instanceof AccessDenied) {
      return Texts.DBUS_POLICY_FORBIDS.permanent(FailureCode.ACCESS_DENIED, SERVICE);
    }
    if (e instanceof DBusExecutionException
        && !(e instanceof NoReply || e instanceof Timeout || e instanceof NotConnected)) {
      return Texts.SECRET_SERVICE_REFUSED.permanent(
          FailureCode.REJECTED, e.getClass().getSimpleName(), Texts.START_SECRET_SERVICE.with());
    }
    return gone();
  }

  private static BackendFailure gone() {
    return Texts.SECRET_SERVICE_ENDED.transientFailure(FailureCode.UNAVAILABLE);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      return; // It is of no more use, closed or not.
    }
  }
}
