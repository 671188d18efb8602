package dev.enclave.core.internal.environment;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody at a metadata address, on a free port of the loopback. Counts who comes. */
final class HostileServer implements AutoCloseable {

  /** What it does with a connection, after the request's head. */
  interface Behaviour {
    void serve(OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final Behaviour behaviour;
  private final AtomicInteger connections = new AtomicInteger();
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final Queue<String> requestLines = new ConcurrentLinkedQueue<>();
  private final CountDownLatch hungUp = new CountDownLatch(1);

  HostileServer(Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  /** One answer, whole. */
  static HostileServer answering(String text) {
    return new HostileServer(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  URI route(URI asked) {
    String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + asked.getRawPath() + query);
  }

  int connections() {
    return connections.get();
  }

  Queue<String> requestLines() {
    return requestLines;
  }

  /** Waits until the client has closed a connection that was still being written to. */
  void awaitHangUp() throws InterruptedException {
    hungUp.await();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        connections.incrementAndGet();
        open.add(connection);
        daemon(() -> serve(connection));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      readHead(connection);
      behaviour.serve(connection.getOutputStream());
    } catch (IOException e) {
      hungUp.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readHead(Socket connection) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = connection.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed");
      }
      head.append((char) next);
    }
    requestLines.add(head.substring(0, head.indexOf("\r\n")));
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "hostile-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket connection : open) {
      connection.close();
    }
  }
}
