package dev.enclave.gcp.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.kms.v1.GetPublicKeyRequest;
import com.google.cloud.kms.v1.KeyManagementServiceGrpc;
import com.google.cloud.kms.v1.PublicKey;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which connection a call takes. */
class GcpConnectionsTest {

  private final Standing first = new Standing();
  private final Standing second = new Standing();
  private final GcpConnections connections = new GcpConnections(List.of(first, second));

  @Test
  void callsThatDoNotOverlapShareAConnection() {
    for (int i = 1; i <= 3; i++) {
      call();
      first.answer();
      assertThat(first.started).isEqualTo(i);
    }
    assertThat(second.started).isZero();
  }

  @Test
  void callsThatOverlapAreSpread() {
    call();
    call();
    assertThat(first.started).isEqualTo(1);
    assertThat(second.started).isEqualTo(1);
    second.answer();
    call();
    assertThat(first.started).isEqualTo(1);
    assertThat(second.started).isEqualTo(2);
  }

  /** Callers that come at once choose before any of their calls has started. */
  @Test
  void callsThatHaveNotStartedYetAreCountedToo() {
    ClientCall<GetPublicKeyRequest, PublicKey> one = made();
    ClientCall<GetPublicKeyRequest, PublicKey> other = made();
    start(one);
    start(other);
    assertThat(first.started).isEqualTo(1);
    assertThat(second.started).isEqualTo(1);
  }

  @Test
  void aCallThatIsGivenUpBeforeItStartsTakesNoPlace() {
    made().cancel("not wanted any more", null);
    call();
    assertThat(first.started).isEqualTo(1);
  }

  @Test
  void endsAllOfThem() throws Exception {
    assertThat(connections.isShutdown()).isFalse();
    connections.shutdownNow();
    assertThat(first.ended).isTrue();
    assertThat(second.ended).isTrue();
    assertThat(connections.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
  }

  private void call() {
    start(made());
  }

  private ClientCall<GetPublicKeyRequest, PublicKey> made() {
    MethodDescriptor<GetPublicKeyRequest, PublicKey> method =
        KeyManagementServiceGrpc.getGetPublicKeyMethod();
    return connections.newCall(method, CallOptions.DEFAULT);
  }

  private static void start(ClientCall<GetPublicKeyRequest, PublicKey> call) {
    call.start(new ClientCall.Listener<>() {}, new Metadata());
  }

  /** Answers when the test says so. */
  private static final class Standing extends ManagedChannel {

    int started;
    boolean ended;
    private ClientCall.@Nullable Listener<?> last;

    void answer() {
      ClientCall.Listener<?> waiting = last;
      assertThat(waiting).isNotNull();
      if (waiting != null) {
        waiting.onClose(Status.OK, new Metadata());
      }
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      return new ClientCall<>() {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          started++;
          last = listener;
        }

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
      };
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
