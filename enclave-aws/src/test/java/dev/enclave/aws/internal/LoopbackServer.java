package dev.enclave.aws.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An HTTP server on loopback that answers, or breaks off, as a test says. Thread-safe. */
public final class LoopbackServer implements AutoCloseable {

  /**
   * What was asked.
   *
   * @param headers in any case
   */
  public record Asked(String method, String target, Map<String, String> headers, String body) {

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** KMS: {@code Sign}; STS: {@code GetCallerIdentity}. */
    public String operation() {
      String target = header("X-Amz-Target");
      if (!target.isEmpty()) {
        return target.substring(target.indexOf('.') + 1);
      }
      int action = body.indexOf("Action=");
      return action < 0 ? "" : body.substring(action + 7).split("&", 2)[0];
    }
  }

  /** What is answered; raw octets, so that they may be wrong or missing. */
  public record Reply(String text, boolean reset) {

    /** Breaks the connection instead. */
    public static final Reply RESET = new Reply("", true);

    static Reply of(int status, String body, String... headers) {
      StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
      for (String header : headers) {
        text.append(header).append("\r\n");
      }
      text.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length);
      return new Reply(text.append("\r\n\r\n").append(body).toString(), false);
    }
  }

  private final ServerSocket listening;
  private final Function<Asked, Reply> answers;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  private LoopbackServer(Function<Asked, Reply> answers) throws IOException {
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.answers = answers;
    start(this::accept);
  }

  public static LoopbackServer answering(Function<Asked, Reply> answers) {
    try {
      return new LoopbackServer(answers);
    } catch (IOException e) {
      throw new IllegalStateException("no port on loopback", e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** The first first. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  public List<String> operations() {
    return asked.stream().map(Asked::operation).toList();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listening.accept();
        connections.add(connection);
        if (closed) {
          // One may still come in while the socket is being closed.
          connection.close();
          return;
        }
        start(() -> serve(connection));
      }
    } catch (IOException e) {
      // Closed.
      return;
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      while (true) {
        Asked request = read(in);
        asked.add(request);
        Reply reply = answers.apply(request);
        if (reply.reset()) {
          connection.setSoLinger(true, 0);
          return;
        }
        connection.getOutputStream().write(reply.text().getBytes(StandardCharsets.UTF_8));
        connection.getOutputStream().flush();
      }
    } catch (IOException e) {
      // The other side went, or the test is over.
      return;
    }
  }

  private static Asked read(InputStream in) throws IOException {
    String[] first = line(in).split(" ", 3);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new IOException("no HTTP, perhaps TLS");
      }
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Asked(first[0], first[1], headers, body);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection ended");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "loopback-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
    try {
      listening.close();
      for (Socket connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("not closed", e);
    }
  }
}
