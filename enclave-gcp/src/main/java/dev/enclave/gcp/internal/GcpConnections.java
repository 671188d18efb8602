package dev.enclave.gcp.internal;

import dev.enclave.kit.http.CertificateTrust;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The connections to an endpoint, with everything said that gRPC would otherwise look for itself:
 * in variables, system properties and DNS. They send nothing twice. Over HTTP/2 a connection that
 * breaks takes all calls on it along, and all of them at once are more than the engine repeats: so
 * each call goes where the fewest are. Calls that do not overlap use one connection alone.
 * Thread-safe.
 */
public final class GcpConnections implements AutoCloseable {

  /** Shorter than what balancers and NAT gateways allow without traffic. */
  private static final long KEEP_ALIVE_SECONDS = 60;

  /** A connection that answers no ping in this time is given up. */
  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 10;

  private static final long CLOSING_SECONDS = 2;
  private static final String FRAMES = "io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler";

  /** One of them, as a call has it until it closes it. */
  public record Connection(ManagedChannel channel, AtomicInteger calls) implements AutoCloseable {

    @Override
    public void close() {
      calls.decrementAndGet();
    }
  }

  private final List<Connection> connections;

  /**
   * @param channels of one connection each, which connect when they are first used
   */
  GcpConnections(Stream<ManagedChannel> channels) {
    connections = channels.map(channel -> new Connection(channel, new AtomicInteger())).toList();
  }

  /**
   * The way to an endpoint.
   *
   * @param connections at most
   * @param watching see what goes through
   */
  public static GcpConnections to(
      GcpSettings.Endpoint endpoint, int connections, ClientInterceptor... watching) {
    ChannelCredentials credentials =
        endpoint.origin().tls()
            ? TlsChannelCredentials.newBuilder()
                .trustManager(endpoint.certificate().orElseGet(CertificateTrust::platform))
                .build()
            : InsecureChannelCredentials.create();
    return new GcpConnections(
        Stream.generate(
                () ->
                    NettyChannelBuilder.forAddress(
                            endpoint.origin().host().replaceAll("[\\[\\]]", ""),
                            endpoint.origin().port(),
                            credentials)
                        .disableRetry()
                        .disableServiceConfigLookUp()
                        .proxyDetector(address -> null)
                        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .userAgent("enclave")
                        .intercept(watching)
                        .build())
            .limit(connections));
  }

  /**
   * What gRPC's transport writes at DEBUG: each HTTP/2 frame, headers whole, of data the first
   * octets, or all of them at TRACE. It logs by SLF4J, Log4j or java.util.logging, whichever Netty
   * finds, so Netty is asked.
   */
  public static WireLogs logs(EnvironmentSnapshot snapshot) {
    return new WireLogs(Texts.SERVICE.with())
        .jdk(snapshot)
        .logger(FRAMES, () -> InternalLoggerFactory.getInstance(FRAMES).isDebugEnabled());
  }

  /**
   * The first of those with the fewest calls, with this call counted: many threads that look before
   * one of them is counted would all choose the same.
   */
  public synchronized Connection reserve() {
    Connection least =
        Collections.min(connections, Comparator.comparingInt(each -> each.calls().get()));
    least.calls().incrementAndGet();
    return least;
  }

  /** Ends all of them. Their threads are shared by all of the process; sockets are waited for. */
  @Override
  public void close() {
    connections.forEach(connection -> connection.channel().shutdownNow());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSING_SECONDS);
    try {
      for (Connection each : connections) {
        each.channel().awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
