package dev.enclave.kit.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;

/** Somebody on a free port of the loopback. Knows who came, and when they went. */
final class LoopbackEndpoint implements AutoCloseable {

  /** What it does with a connection, after the request. */
  interface Behaviour {
    void serve(OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final String scheme;
  private final Behaviour behaviour;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch gone = new CountDownLatch(1);

  /** Without TLS. */
  LoopbackEndpoint(Behaviour behaviour) {
    this(ServerSocketFactory.getDefault(), "http", behaviour);
  }

  LoopbackEndpoint(ServerSocketFactory sockets, String scheme, Behaviour behaviour) {
    this.scheme = scheme;
    this.behaviour = behaviour;
    try {
      socket = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  /** Says this, and waits for the client to go. */
  static Behaviour saying(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Says this, and hangs up. */
  static Behaviour breakingOffAfter(String text) {
    return out -> {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.close();
    };
  }

  /** Says one thing, and then another for ever, as fast as it is read. */
  static Behaviour endless(String first, String then) {
    return out -> {
      out.write(first.getBytes(StandardCharsets.UTF_8));
      byte[] more = then.getBytes(StandardCharsets.UTF_8);
      while (true) {
        out.write(more);
      }
    };
  }

  /** Says one thing, and then an octet now and then, for ever. */
  static Behaviour trickling(String first) {
    return out -> {
      out.write(first.getBytes(StandardCharsets.UTF_8));
      CountDownLatch never = new CountDownLatch(1);
      while (!never.await(50, TimeUnit.MILLISECONDS)) {
        out.write('a');
      }
    };
  }

  URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + socket.getLocalPort() + "/token?x=1");
  }

  /** Those that came: method, path, a line, the body. */
  Queue<String> requests() {
    return requests;
  }

  /** Waits until somebody has asked. */
  void awaitRequest() throws InterruptedException {
    asked.await();
  }

  /** Waits until a client has hung up; returns whether it did. */
  boolean awaitHangUp(Duration longest) throws InterruptedException {
    return gone.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        open.add(connection);
        daemon(() -> serve(connection));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      while (true) {
        requests.add(request(in));
        asked.countDown();
        behaviour.serve(connection.getOutputStream());
      }
    } catch (IOException e) {
      gone.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String request(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed");
      }
      head.append((char) next);
    }
    int length =
        head.toString()
            .lines()
            .filter(line -> line.startsWith("Content-Length: "))
            .mapToInt(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
            .findFirst()
            .orElse(0);
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return head.substring(0, head.indexOf(" HTTP/1.1\r\n")) + " " + body;
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "loopback-endpoint");
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
