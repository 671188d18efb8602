package dev.enclave.emulators.internal.http;

import dev.enclave.emulators.internal.listening.ListenFailure;
import dev.enclave.emulators.internal.listening.Transport;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import java.net.URI;
import java.time.InstantSource;
import java.util.function.Function;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Serves a {@link Service} over HTTP/1.1 on one address, with or without TLS. */
public final class HttpTransport extends Transport {

  private static final int MOST_THREADS = 64;
  private static final int BACKLOG = 1024;

  private final Server server;
  private final SocketLayer layer;
  private final URI endpoint;
  private ServerConnector connector;

  private HttpTransport(Server server, ServerConnector connector, SocketLayer layer) {
    super(connector.getHost());
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
   * @param bodies how long a request may be
   */
  public record Site(
      Service service,
      Function<ServiceRequest, String> operationOf,
      Interceptor interceptor,
      Journal journal,
      InstantSource clock,
      BodyLimit bodies) {

    /** The same with {@link BodyLimit#ANY_SERVICE}. */
    public Site(
        Service service,
        Function<ServiceRequest, String> operationOf,
        Interceptor interceptor,
        Journal journal,
        InstantSource clock) {
      this(service, operationOf, interceptor, journal, clock, BodyLimit.ANY_SERVICE);
    }
  }

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

  @Override
  public int port() {
    return endpoint.getPort();
  }

  @Override
  protected void endListening() throws Exception {
    connector.stop();
    server.removeConnector(connector);
  }

  /**
   * A connector that was stopped is not started once more: the thread that accepted for it may
   * still be interrupted, and would close the new socket.
   */
  @Override
  protected void listenAgain() throws Exception {
    connector = connector(server, connector.getHost(), port(), layer);
    server.addConnector(connector);
    connector.start();
  }

  @Override
  protected void stop() {
    stopQuietly(server);
  }

  private static void stopQuietly(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      // Loopback, in a test that is over: nobody could do anything about it.
    }
  }
}
