package dev.enclave.gcp.internal.calls;

import dev.enclave.kit.credentials.RefreshingValue;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An authenticated way to one key ring. Thread-safe; everything that it uses is its own and ends
 * when it is closed.
 *
 * @param channel shared by all calls; it sends no request twice by itself
 * @param owned what is closed with it: the channel, or the one below it
 * @param place where the channel leads, such as {@code https://cloudkms.googleapis.com}
 * @param tokens for requests; an empty one is not sent
 * @param quotaProject for which calls are to count, where the credentials name it
 * @param keyRing its resource name
 * @param reportsHsm whether an answer that says HSM is believed: who answers is Google, or somebody
 *     the operator trusts as much. Somebody's server at a custom endpoint says so too: then no key
 *     here is better than SOFTWARE
 */
public record GcpSession(
    Channel channel,
    ManagedChannel owned,
    String place,
    RefreshingValue<String> tokens,
    Optional<String> quotaProject,
    String keyRing,
    boolean reportsHsm)
    implements AutoCloseable {

  private static final long CLOSING_SECONDS = 2;

  /** Over a channel that nobody looks into. */
  public GcpSession(
      ManagedChannel channel,
      String place,
      RefreshingValue<String> tokens,
      Optional<String> quotaProject,
      String keyRing,
      boolean reportsHsm) {
    this(channel, channel, place, tokens, quotaProject, keyRing, reportsHsm);
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
