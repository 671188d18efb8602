package dev.enclave.emulators.internal.grpc;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call's stream be cancelled (RST_STREAM) on purpose. What gRPC offers a handler takes that
 * for a bug of the server's and logs a stack trace each time; a context whose time is over is
 * cancelled in silence.
 */
final class Cancelling extends ServerStreamTracer.Factory {

  private static final Context.Key<Handle> HANDLE = Context.key("cancelling");

  /** What cancels one call. */
  static final class Handle {

    private final AtomicReference<@Nullable CancellableContext> context = new AtomicReference<>();

    void cancel() {
      CancellableContext cancelled = context.get();
      if (cancelled != null) {
        // The only cause for which gRPC resets the stream.
        cancelled.cancel(new TimeoutException("cancelled by a fault"));
      }
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new ServerStreamTracer() {
      @Override
      public Context filterContext(Context given) {
        Handle handle = new Handle();
        CancellableContext cancellable = given.withValue(HANDLE, handle).withCancellation();
        handle.context.set(cancellable);
        return cancellable;
      }
    };
  }

  /** Of the call whose listener is being called now. */
  static Handle current() {
    return HANDLE.get();
  }
}
