package dev.enclave.gcp.internal.connect;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Several connections as one channel. Over HTTP/2 a connection that breaks takes all calls on it
 * along, and all of them at once are more than the engine repeats: so each call goes where the
 * fewest are. Calls that do not overlap use one connection alone. Thread-safe.
 */
final class GcpConnections extends ManagedChannel {

  private record Connection(ManagedChannel channel, AtomicInteger calls) {}

  private final List<Connection> connections;

  /**
   * @param channels of one connection each, which connect when they are first used
   */
  GcpConnections(List<ManagedChannel> channels) {
    connections =
        channels.stream().map(channel -> new Connection(channel, new AtomicInteger())).toList();
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    Connection chosen = reserve();
    AtomicBoolean ended = new AtomicBoolean();
    return new SimpleForwardingClientCall<>(chosen.channel().newCall(method, options)) {
      private boolean started;

      @Override
      public void start(Listener<R> listener, Metadata headers) {
        started = true;
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                end(chosen, ended);
                super.onClose(status, trailers);
              }
            },
            headers);
      }

      @Override
      public void cancel(@Nullable String message, @Nullable Throwable cause) {
        if (!started) {
          end(chosen, ended);
        }
        super.cancel(message, cause);
      }
    };
  }

  private static void end(Connection connection, AtomicBoolean ended) {
    if (ended.compareAndSet(false, true)) {
      connection.calls().decrementAndGet();
    }
  }

  /**
   * The first of those with the fewest calls, with this call counted: many threads that look before
   * one of them is counted would all choose the same.
   */
  private Connection reserve() {
    while (true) {
      Connection least = connections.get(0);
      int fewest = least.calls().get();
      for (int i = 1; i < connections.size() && fewest > 0; i++) {
        int calls = connections.get(i).calls().get();
        if (calls < fewest) {
          least = connections.get(i);
          fewest = calls;
        }
      }
      if (least.calls().compareAndSet(fewest, fewest + 1)) {
        return least;
      }
    }
  }

  @Override
  public String authority() {
    return connections.get(0).channel().authority();
  }

  @Override
  public ManagedChannel shutdown() {
    connections.forEach(connection -> connection.channel().shutdown());
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    connections.forEach(connection -> connection.channel().shutdownNow());
    return this;
  }

  @Override
  public boolean isShutdown() {
    return connections.stream().allMatch(connection -> connection.channel().isShutdown());
  }

  @Override
  public boolean isTerminated() {
    return connections.stream().allMatch(connection -> connection.channel().isTerminated());
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long end = System.nanoTime() + unit.toNanos(timeout);
    for (Connection connection : connections) {
      connection.channel().awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return isTerminated();
  }
}
