package dev.enclave.cli;

import dev.enclave.ErrorCode;
import dev.enclave.UsageException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;

/** What the commands that serve have in common. */
final class EmulatorServing {

  /** How many requests a server that runs for days remembers. */
  static final int KEPT_ENTRIES = 1_000;

  private static final int LAST_PORT = 65_535;

  private EmulatorServing() {}

  /** Starts a server on a port, or says why not. */
  static <T> T start(int port, IntFunction<T> server) {
    if (port < 0 || port > LAST_PORT) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "--port is " + port + ". Choose a port from 1 to 65535, or 0 for any free one.");
    }
    try {
      return server.apply(port);
    } catch (IllegalStateException e) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Nothing can listen on port "
              + port
              + " of 127.0.0.1. Choose another --port, or 0 for any free one.");
    }
  }

  /** Prints how to reach it and returns when the thread is interrupted. */
  static void untilInterrupted(Session session, String service, URI endpoint, List<String> lines) {
    lines.forEach(session::print);
    session.context().out().flush();
    session
        .context()
        .err()
        .println("Serving " + service + " at " + endpoint + " until interrupted (Ctrl-C).");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
