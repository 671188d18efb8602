package dev.enclave.emulators.internal.grpc;

import dev.enclave.emulators.internal.http.ServerCertificate;
import dev.enclave.emulators.internal.listening.ListenFailure;
import dev.enclave.emulators.internal.listening.Transport;
import dev.enclave.emulators.wire.Interceptor;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.emulators.wire.Service;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Serves a {@link Service} over gRPC on one address. Every method of every service goes to it, as a
 * request with the path {@code /package.Service/Method} and the message as its body. An answer
 * without a {@code grpc-status} header is a message; one with it is an error with that status and
 * those trailers.
 */
public final class GrpcTransport extends Transport {

  private static final int MOST_THREADS = 64;
  private static final int PATIENCE_SECONDS = 10;

  /**
   * What a transport serves.
   *
   * @param idHeader where clients give requests an id, in lower case; gRPC's answers carry none
   */
  public record Site(
      Service service,
      String idHeader,
      Interceptor interceptor,
      Journal journal,
      InstantSource clock) {}

  private final String host;
  private final Optional<ServerCertificate> certificate;
  private final Connections connections = new Connections();
  private final EventLoopGroup loops;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;
  private final Calls calls;
  private final int port;
  private Server server;
  private final int callsPerConnection;

  private GrpcTransport(
      String host,
      int port,
      Optional<ServerCertificate> certificate,
      int callsPerConnection,
      Site site) {
    super(host);
    this.host = host;
    this.callsPerConnection = callsPerConnection;
    this.certificate = certificate;
    ThreadFactory threads = GrpcTransport::daemon;
    loops = new MultiThreadIoEventLoopGroup(2, threads, NioIoHandler.newFactory());
    workers = Executors.newFixedThreadPool(MOST_THREADS, threads);
    timer = Executors.newSingleThreadScheduledExecutor(threads);
    calls = new Calls(site, connections, workers, timer);
    try {
      server = bind(port);
      this.port = server.getPort();
    } catch (IOException e) {
      stopThreads();
      throw ListenFailure.of(host, port, e);
    }
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one
   * @param certificate for TLS; without one, plaintext
   * @param callsPerConnection at once
   * @throws IllegalStateException if the address cannot be used
   */
  public static GrpcTransport start(
      String host,
      int port,
      Optional<ServerCertificate> certificate,
      int callsPerConnection,
      Site site) {
    return new GrpcTransport(host, port, certificate, callsPerConnection, site);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "enclave-emulator-grpc");
    thread.setDaemon(true);
    return thread;
  }

  private Server bind(int wanted) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(host, wanted))
            .channelFactory(connections::newListener)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .executor(workers)
            .maxConcurrentCallsPerConnection(callsPerConnection)
            .addStreamTracerFactory(new Cancelling())
            .fallbackHandlerRegistry(calls);
    if (certificate.isPresent()) {
      builder.sslContext(
          GrpcSslContexts.configure(
                  SslContextBuilder.forServer(
                      certificate.get().privateKey(), certificate.get().certificate()),
                  SslProvider.JDK)
              .build());
    }
    return builder.build().start();
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  protected void endListening() {
    connections.resetAll();
    server.shutdownNow();
    await(server::awaitTermination);
  }

  @Override
  protected void listenAgain() throws IOException {
    server = bind(port);
  }

  @Override
  protected void stop() {
    endListening();
    stopThreads();
  }

  private void stopThreads() {
    timer.shutdownNow();
    workers.shutdown();
    // What is under way still writes, on the loops.
    await(workers::awaitTermination);
    var unused = loops.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Something that ends. */
  private interface Ending {
    boolean await(long timeout, TimeUnit unit) throws InterruptedException;
  }

  /** However it ends: nobody could do anything about it. */
  private static void await(Ending ending) {
    try {
      ending.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
