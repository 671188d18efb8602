package dev.enclave.gcp.internal.connect;

import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;

/**
 * What gRPC's transport writes at DEBUG: each HTTP/2 frame, headers whole, of data the first
 * octets, or all of them at TRACE. It logs by SLF4J, Log4j or java.util.logging, whichever Netty
 * finds, so Netty is asked.
 */
public final class GcpLogs {

  private static final String FRAMES = "io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler";

  private GcpLogs() {}

  public static WireLogs of(EnvironmentSnapshot snapshot) {
    return new WireLogs("Google Cloud KMS")
        .jdk(snapshot)
        .logger(FRAMES, () -> InternalLoggerFactory.getInstance(FRAMES).isDebugEnabled());
  }
}
