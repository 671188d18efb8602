package dev.enclave.emulators.internal.http;

import dev.enclave.emulators.internal.listening.HeldPort;
import dev.enclave.emulators.internal.listening.ListenFailure;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.function.Function;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** Serves a {@link Service} over HTTP/1.1 on one address, with or without TLS. */
public final class HttpTransport implements AutoCloseable {

  private static final int MOST_THREADS = 64;
  private static final int BACKLOG = 1024;

  private final Server server;
  private final SocketLayer layer;
  private final URI endpoint;
  private ServerConnector connector;
  private @Nullable HeldPort refusing;

  private HttpTransport(Server server, ServerConnector connector, SocketLayer layer) {
    this.server = server;
    this.layer = layer;
    this.connector = connector;
    this.endpoint =
        URI.create(layer.scheme() + "://" + connector.getHost() + ":" + connector.getLocalPort());
  }

  /**
   * What a transport serves.
   *
   * @param operationOf names what a request asks for, for interceptors and the journal
   */
  public record Site(
      Service service,
      Function<ServiceRequest, String> operationOf,
      Interceptor interceptor,
      Journal journal,
      InstantSource clock) {}

  /**
   * Listens on plain TCP.
   *
   * @param port 0 for any free one
   * @throws IllegalStateException if the address cannot be used
   */
  public static HttpTransport start(String host, int port, Site site) {
    return start(host, port, site, SocketLayer.plain());
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one
   * @throws IllegalStateException if the address cannot be used
   */
  public static HttpTransport start(String host, int port, Site site, SocketLayer layer) {
    QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
    threads.setName("enclave-emulator");
    threads.setDaemon(true);
    Server server = new Server(threads);
    ServerConnector connector = connector(server, host, port, layer);
    server.addConnector(connector);
    server.setHandler(new ExchangeHandler(site));
    try {
      server.start();
    } catch (Exception e) {
      stopQuietly(server);
      throw ListenFailure.of(host, port, e);
    }
    return new HttpTransport(server, connector, layer);
  }

  private static ServerConnector connector(
      Server server, String host, int port, SocketLayer layer) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    // Else a known value is seen as Jetty writes it: charset=UTF-8 for a signed charset=utf-8.
    http.setHeaderCacheCaseSensitive(true);
    ServerConnector connector = new ListeningSocket(server, layer.factories(http));
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(BACKLOG);
    return connector;
  }

  /** Where it listens. */
  public URI endpoint() {
    return endpoint;
  }

  /** Closes all connections and lets new ones be refused, until {@link #listen}. */
  public synchronized void refuse() {
    if (refusing != null) {
      return;
    }
    try {
      connector.stop();
      server.removeConnector(connector);
      refusing = HeldPort.take(connector.getHost(), endpoint.getPort());
    } catch (Exception e) {
      throw failed("stop listening");
    }
  }

  /**
   * Listens again, on the same port. A connector that was stopped is not started once more: the
   * thread that accepted for it may still be interrupted, and would close the new socket.
   */
  public synchronized void listen() {
    if (refusing == null) {
      return;
    }
    try {
      refusing.handOver(
          () -> {
            connector = connector(server, connector.getHost(), endpoint.getPort(), layer);
            server.addConnector(connector);
            connector.start();
          });
      refusing = null;
    } catch (Exception e) {
      throw failed("listen again");
    }
  }

  private IllegalStateException failed(String what) {
    return new IllegalStateException(
        "The server on port "
            + endpoint.getPort()
            + " could not "
            + what
            + ". Close it and start another.");
  }

  /** Stops listening and closes all connections. */
  @Override
  public synchronized void close() {
    stopQuietly(server);
    try {
      if (refusing != null) {
        refusing.close();
        refusing = null;
      }
    } catch (IOException e) {
      return; // As below.
    }
  }

  private static void stopQuietly(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      // Loopback, in a test that is over: nobody could do anything about it.
    }
  }
}
