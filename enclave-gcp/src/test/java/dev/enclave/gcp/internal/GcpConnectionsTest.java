package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.gcp.internal.GcpConnections.Connection;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.testkit.MutableClock;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which connection a call takes. */
class GcpConnectionsTest {

  private final Standing first = new Standing();
  private final Standing second = new Standing();
  private final GcpConnections connections = new GcpConnections(Stream.of(first, second));

  @Test
  void callsThatDoNotOverlapShareAConnection() {
    for (int i = 1; i <= 3; i++) {
      try (Connection call = connections.reserve()) {
        assertThat(call.channel()).isSameAs(first);
      }
    }
  }

  @Test
  void callsThatOverlapAreSpread() {
    Connection one = connections.reserve();
    try (Connection other = connections.reserve()) {
      assertThat(one.channel()).isSameAs(first);
      assertThat(other.channel()).isSameAs(second);
    }
    assertThat(connections.reserve().channel()).isSameAs(second);
  }

  @Test
  void aCallThatFailsTakesNoPlace() {
    GcpConnections used = new GcpConnections(Stream.of(first, second));
    try (GcpKmsServer server = GcpKmsServer.builder().start()) {
      GcpSession like = Sessions.with(server);
      MutableClock clock = new MutableClock();
      GcpCalls calls =
          new GcpCalls(
              new GcpSession(
                  used, like.place(), like.tokens(), like.quotaProject(), like.keyRing(), true));
      CallContext call =
          CallContext.of("read", 1, Deadline.in(Duration.ofMinutes(1), clock), clock);
      RuntimeException broken =
          catchThrowableOfType(
              RuntimeException.class,
              () -> calls.send(GcpOperation.GET_KEY_RING, like.keyRing(), call));
      assertThat(broken).isInstanceOf(IllegalStateException.class);
      like.close();
    }
    assertThat(used.reserve().channel()).isSameAs(first);
  }

  @Test
  void endsAllOfThem() {
    connections.close();
    assertThat(first.ended).isTrue();
    assertThat(second.ended).isTrue();
  }

  /** Carries no call. */
  private static final class Standing extends ManagedChannel {

    boolean ended;

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      throw new IllegalStateException("carries none");
    }

    @Override
    public String authority() {
      return "test";
    }

    @Override
    public ManagedChannel shutdown() {
      return shutdownNow();
    }

    @Override
    public ManagedChannel shutdownNow() {
      ended = true;
      return this;
    }

    @Override
    public boolean isShutdown() {
      return ended;
    }

    @Override
    public boolean isTerminated() {
      return ended;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return ended;
    }
  }
}
