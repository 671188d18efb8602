package dev.enclave.gcp.internal.calls;

import dev.enclave.gcp.internal.credentials.Tokens;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;

/**
 * An authenticated way to one key ring. Thread-safe; everything that it uses is its own and ends
 * when it is closed.
 */
public final class GcpSession implements AutoCloseable {

  private static final long CLOSING_SECONDS = 2;

  private final Channel channel;
  private final ManagedChannel owned;
  private final Tokens tokens;
  private final String keyRing;
  private final boolean reportsHsm;

  /**
   * @param channel shared by all calls; it sends no request twice by itself
   * @param keyRing its resource name
   * @param reportsHsm whether who answers is Google
   */
  public GcpSession(ManagedChannel channel, Tokens tokens, String keyRing, boolean reportsHsm) {
    this(channel, channel, tokens, keyRing, reportsHsm);
  }

  /** The same over a channel that looks at what goes through {@code owned}. */
  public GcpSession(
      Channel channel, ManagedChannel owned, Tokens tokens, String keyRing, boolean reportsHsm) {
    this.channel = channel;
    this.owned = owned;
    this.tokens = tokens;
    this.keyRing = keyRing;
    this.reportsHsm = reportsHsm;
  }

  Channel channel() {
    return channel;
  }

  Tokens tokens() {
    return tokens;
  }

  public String keyRing() {
    return keyRing;
  }

  /**
   * Whether an answer that says HSM is believed. Somebody's server at a custom endpoint says so
   * too: then no key here is better than SOFTWARE.
   */
  public boolean reportsHsm() {
    return reportsHsm;
  }

  @Override
  public void close() {
    tokens.close();
    owned.shutdownNow();
    try {
      // Its threads are shared by all channels of the process; what is waited for is the socket.
      owned.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The place alone. */
  @Override
  public String toString() {
    return "GcpSession[" + keyRing + "]";
  }
}
