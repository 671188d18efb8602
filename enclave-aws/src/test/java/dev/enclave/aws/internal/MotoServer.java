package dev.enclave.aws.internal;

import dev.enclave.emulators.internal.listening.HeldPort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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

  private final Process process;
  private final HeldPort held;
  private final int port;

  private MotoServer(Process process, HeldPort held) throws IOException {
    this.process = process;
    this.held = held;
    this.port = held.number();
  }

  static MotoServer start() {
    MotoServer server = launch();
    server.awaitReady();
    return server;
  }

  /** On a port that nobody else gets before moto listens. */
  private static MotoServer launch() {
    try {
      HeldPort held = HeldPort.free("127.0.0.1");
      Process process =
          new ProcessBuilder(
                  PYTHON.getPath(),
                  "-m",
                  "moto.server",
                  "-H",
                  "127.0.0.1",
                  "-p",
                  Integer.toString(held.number()))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start();
      return new MotoServer(process, held);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      held.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
