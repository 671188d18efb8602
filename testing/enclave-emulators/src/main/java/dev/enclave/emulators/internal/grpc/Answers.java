package dev.enclave.emulators.internal.grpc;

import dev.enclave.emulators.wire.ServiceResponse;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes answers ("gRPC over HTTP2", Responses). */
final class Answers {

  private Answers() {}

  static void send(ServerCall<byte[], byte[]> call, ServiceResponse answer) {
    Map<String, String> headers = new LinkedHashMap<>(answer.headers());
    @Nullable String code = headers.remove("grpc-status");
    @Nullable String text = headers.remove("grpc-message");
    if (code != null) {
      Status status = Status.fromCodeValue(Integer.parseInt(code)).withDescription(text);
      close(call, status, Headers.toMetadata(headers));
      return;
    }
    unlessCancelled(
        () -> {
          call.sendHeaders(Headers.toMetadata(headers));
          call.sendMessage(answer.body());
          call.close(Status.OK, new Metadata());
        });
  }

  /**
   * The head of the answer, and then the stream is cancelled (RST_STREAM). The connection stays.
   */
  static void cancel(ServerCall<byte[], byte[]> call, Cancelling.Handle stream) {
    unlessCancelled(
        () -> {
          call.sendHeaders(new Metadata());
          stream.cancel();
        });
  }

  static void close(ServerCall<byte[], byte[]> call, Status status, Metadata trailers) {
    unlessCancelled(() -> call.close(status, trailers));
  }

  /** Clients give up on calls at any moment. */
  private static void unlessCancelled(Runnable writing) {
    try {
      writing.run();
    } catch (IllegalStateException e) {
      // Cancelled meanwhile, or closed already: nobody is there to answer.
    }
  }
}
