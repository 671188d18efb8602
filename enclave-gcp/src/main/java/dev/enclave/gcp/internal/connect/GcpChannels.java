package dev.enclave.gcp.internal.connect;


import dev.enclave.gcp.internal.settings.GcpEndpoint;
import dev.enclave.kit.http.CertificateTrust;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The channels, with everything said that gRPC would otherwise look for itself: in variables,
 * system properties and DNS. They send nothing twice.
 */
public final class GcpChannels {

  /** Shorter than what balancers and NAT gateways allow without traffic. */
  private static final long KEEP_ALIVE_SECONDS = 60;

  /** A connection that answers no ping in this time is given up. */
  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 10;

  private static final String FRAMES = "io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler";

  private GcpChannels() {}

  /**
   * The way to an endpoint.
   *
   * @param connections at most
   */
  public static ManagedChannel to(GcpEndpoint endpoint, int connections) {
    ChannelCredentials credentials = credentials(endpoint);
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      channels.add(one(endpoint, credentials));
    }
    return new GcpConnections(channels);
  }

  private static ManagedChannel one(GcpEndpoint endpoint, ChannelCredentials credentials) {
    return NettyChannelBuilder.forAddress(
            endpoint.origin().host().replaceAll("[\\[\\]]", ""),
            endpoint.origin().port(),
            credentials)
        .disableRetry()
        .disableServiceConfigLookUp()
        .proxyDetector(address -> null)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .userAgent("enclave")
        .build();
  }

  private static ChannelCredentials credentials(GcpEndpoint endpoint) {
    return endpoint.origin().tls()
        ? TlsChannelCredentials.newBuilder()
            .trustManager(endpoint.certificate().orElseGet(CertificateTrust::platform))
            .build()
        : InsecureChannelCredentials.create();
  }

  /**
   * What gRPC's transport writes at DEBUG: each HTTP/2 frame, headers whole, of data the first
   * octets, or all of them at TRACE. It logs by SLF4J, Log4j or java.util.logging, whichever Netty
   * finds, so Netty is asked.
   */
  public static WireLogs logs(EnvironmentSnapshot snapshot) {
    return new WireLogs("Google Cloud KMS")
        .jdk(snapshot)
        .logger(FRAMES, () -> InternalLoggerFactory.getInstance(FRAMES).isDebugEnabled());
  }
}
