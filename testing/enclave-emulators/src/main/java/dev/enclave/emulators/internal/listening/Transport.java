package dev.enclave.emulators.internal.listening;

import dev.enclave.emulators.fault.FaultInjector;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a server listens: one address, at which connections can be refused for a while. */
public abstract class Transport implements AutoCloseable {

  private final String host;
  private @Nullable HeldPort refusing;

  /** Listens on that host. */
  protected Transport(String host) {
    this.host = host;
  }

  /** What faults can do to a server that listens there. */
  public record Faulty(Set<String> wrongAnswers, List<? extends Transport> places)
      implements FaultInjector.Server {

    @Override
    public void refuseConnections() {
      places.forEach(Transport::refuse);
    }

    @Override
    public void acceptConnections() {
      places.forEach(Transport::listen);
    }
  }

  /** The port that it listens on, also while it refuses. */
  public abstract int port();

  /** Closes all connections and stops listening. */
  protected abstract void endListening() throws Exception;

  /** Listens again, on the same port. */
  protected abstract void listenAgain() throws Exception;

  /** Closes all connections and ends all threads, whether it listens or not. */
  protected abstract void stop();

  /** Closes all connections and lets new ones be refused, until {@link #listen}. */
  public final synchronized void refuse() {
    if (refusing != null) {
      return;
    }
    try {
      endListening();
      refusing = HeldPort.take(host, port());
    } catch (Exception e) {
      throw failed("stop listening");
    }
  }

  /** Listens again, on the same port. */
  public final synchronized void listen() {
    if (refusing == null) {
      return;
    }
    try {
      refusing.handOver(this::listenAgain);
      refusing = null;
    } catch (Exception e) {
      throw failed("listen again");
    }
  }

  private IllegalStateException failed(String what) {
    return new IllegalStateException(
        "The server on port " + port() + " could not " + what + ". Close it and start another.");
  }

  /** Stops listening and closes all connections. */
  @Override
  public final synchronized void close() {
    stop();
    try {
      if (refusing != null) {
        refusing.close();
        refusing = null;
      }
    } catch (IOException e) {
      return; // Loopback, in a test that is over: nobody could do anything about it.
    }
  }
}
