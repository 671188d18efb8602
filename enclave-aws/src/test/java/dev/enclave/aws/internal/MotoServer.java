package dev.enclave.aws.internal;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Debian's moto, a third party's imitation of AWS, as a process of its own on loopback. */
final class MotoServer implements AutoCloseable {

  /** The account moto has unless told otherwise. */
  static final String ACCOUNT = "123456789012";

  private static final File PYTHON = new File("/usr/bin/python3");
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private static final int MOST_TRIES = 3;

  private final Process process;
  private final int port;

  private MotoServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static MotoServer start() {
    for (int tries = 1; ; tries++) {
      MotoServer server = launch();
      try {
        server.awaitReady();
        return server;
      } catch (AssertionError e) {
        // Somebody else may have taken the port before moto did.
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static MotoServer launch() {
    try {
      int port = freePort();
      Process process =
          new ProcessBuilder(
                  PYTHON.getPath(), "-m", "moto.server", "-H", "127.0.0.1", "-p", "" + port)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
      return new MotoServer(process, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() {
    Instant end = Instant.now().plus(READY_WITHIN);
    while (!answers()) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        close();
        throw new AssertionError(
            "moto did not start with "
                + PYTHON
                + ". Install it: apt-get install -y --no-install-recommends python3-moto"
                + " python3-flask python3-flask-cors python3-boto3 python3-cryptography"
                + " python3-docker python3-openapi-spec-validator python3-ecdsa python3-joserfc");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroy();
    process.descendants().forEach(ProcessHandle::destroy);
  }
}
