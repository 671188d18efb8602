package dev.enclave.gcp.internal.calls;

import dev.enclave.spi.CallContext;
import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far a call got: to a connection, before which nothing of it was sent; and onto it. A
 * connection carries so many calls at once as the server allows, and the others wait in gRPC.
 */
final class SentWatch extends ClientStreamTracer.Factory {

  /** With less left the service had no time to answer, as the engine sees it. */
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(1);

  /** What a call that does not wait takes at most, on a busy machine. */
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  private final CallContext call;
  private volatile @Nullable Duration leftWhenConnected;
  private volatile @Nullable Duration leftWhenSent;

  SentWatch(CallContext call) {
    this.call = call;
  }

  /** Whether it may have reached the service. */
  boolean sent() {
    return leftWhenConnected != null;
  }

  /** Whether it waits for other calls on its connection. */
  boolean waits() {
    return leftWhenConnected != null && leftWhenSent == null;
  }

  /** Whether it had waited for others so long that too little time was left for an answer. */
  boolean waitedTooLong() {
    Duration connected = leftWhenConnected;
    Duration sent = leftWhenSent;
    return connected != null
        && sent != null
        && sent.compareTo(TIME_TO_ANSWER) < 0
        && connected.minus(sent).compareTo(AT_ONCE) > 0;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void streamCreated(Attributes transport, Metadata streamHeaders) {
        leftWhenConnected = call.remaining();
      }

      @Override
      public void outboundHeaders() {
        leftWhenSent = call.remaining();
      }
    };
  }
}
