package dev.enclave.emulators.internal.listening;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a port for a server that refuses connections for a while: bound, so that the system gives
 * it to nobody else, and not listening, so that whoever connects is refused. On Linux a server that
 * sets SO_REUSEADDR can listen on the port while it is held.
 */
public final class HeldPort implements AutoCloseable {

  private static final boolean LISTENS_BESIDE =
      System.getProperty("os.name", "").startsWith("Linux");

  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final long PAUSE_NANOS = 100_000;

  private final SocketChannel socket;

  private HeldPort(SocketChannel socket) {
    this.socket = socket;
  }

  /**
   * Takes the port of a server that has just stopped listening. Waits a minute at most for the
   * thread that accepted connections, which holds the server's socket until it wakes.
   *
   * @throws IOException if somebody else has it
   */
  public static HeldPort take(String host, int port) throws IOException {
    long start = System.nanoTime();
    while (true) {
      try {
        return new HeldPort(bound(host, port));
      } catch (BindException e) {
        if (System.nanoTime() - start > LONGEST_NANOS) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Takes a free port, which stays free for a server on {@code host} that is still to start. */
  public static HeldPort free(String host) throws IOException {
    return new HeldPort(bound(host, 0));
  }

  private static SocketChannel bound(String host, int port) throws IOException {
    SocketChannel socket = SocketChannel.open();
    try {
      // Connections of the server may still linger on the port.
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return socket.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** What begins to listen on the port. */
  @FunctionalInterface
  public interface Listening {
    void begin() throws Exception;
  }

  /**
   * Lets the port go to a server. On Linux nobody else can get it in between; elsewhere no server
   * can listen on it before it was let go.
   */
  public void handOver(Listening server) throws Exception {
    if (LISTENS_BESIDE) {
      server.begin();
      close();
    } else {
      close();
      server.begin();
    }
  }

  /** The port's number. */
  public int number() throws IOException {
    return ((InetSocketAddress) socket.getLocalAddress()).getPort();
  }

  /** Lets the port go, for the server to listen on it again. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
