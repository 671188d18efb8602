package dev.enclave.gcp.internal.calls;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/** Tells whether a call got as far as a connection: before that, nothing of it was sent. */
final class SentWatch extends ClientStreamTracer.Factory {

  private volatile boolean sent;

  boolean sent() {
    return sent;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void streamCreated(Attributes transport, Metadata streamHeaders) {
        sent = true;
      }
    };
  }
}
