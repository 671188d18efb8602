package dev.enclave.emulators.internal.grpc;

import dev.enclave.emulators.internal.exchange.Exchange;
import dev.enclave.emulators.internal.grpc.GrpcTransport.Site;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import dev.enclave.emulators.wire.ServiceRequest;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes calls of any method, has them decided about, journals them and answers. */
final class Calls extends HandlerRegistry {

  private final Site site;
  private final Connections connections;
  private final Executor workers;
  private final ScheduledExecutorService timer;

  Calls(Site site, Connections connections, Executor workers, ScheduledExecutorService timer) {
    this.site = site;
    this.connections = connections;
    this.workers = workers;
    this.timer = timer;
  }

  @Override
  public ServerMethodDefinition<byte[], byte[]> lookupMethod(
      String method, @Nullable String authority) {
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.newBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .build();
    return ServerMethodDefinition.create(descriptor, this::startCall);
  }

  private ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata headers) {
    // One more than there may be, as gRPC's own unary handlers do, so that a second one shows.
    call.request(2);
    return new ServerCall.Listener<>() {
      private byte @Nullable [] message;

      @Override
      public void onMessage(byte[] received) {
        message = received;
      }

      @Override
      public void onHalfClose() {
        byte[] whole = message;
        if (whole == null) {
          call.close(
              Status.INTERNAL.withDescription("Half-closed without a request"), new Metadata());
        } else {
          serve(new Received(call, Cancelling.current()), Headers.toMap(headers), whole);
        }
      }
    };
  }

  private record Received(ServerCall<byte[], byte[]> call, Cancelling.Handle stream) {}

  private void serve(Received call, Map<String, List<String>> headers, byte[] message) {
    String method = call.call().getMethodDescriptor().getFullMethodName();
    ServiceRequest request =
        ServiceRequest.of(
                id(headers), site.clock().instant(), "POST", "/" + method, "", headers, message)
            .named(method.substring(method.lastIndexOf('/') + 1));
    Exchange exchange = new Exchange(request, site.service(), site.clock());
    guarded(
        call.call(),
        () -> deliver(site.interceptor().intercept(request, exchange), exchange, call));
  }

  private String id(Map<String, List<String>> headers) {
    return headers.getOrDefault(site.idHeader(), List.of()).stream()
        .filter(given -> !given.isBlank())
        .findFirst()
        .orElseGet(() -> UUID.randomUUID().toString());
  }

  private void deliver(Delivery delivery, Exchange exchange, Received call) {
    if (delivery instanceof Delivery.Injected injected) {
      exchange.injected(injected.fault());
      deliver(injected.then(), exchange, call);
    } else if (delivery instanceof Delivery.After after) {
      var unused =
          timer.schedule(
              () ->
                  workers.execute(
                      () ->
                          guarded(call.call(), () -> deliver(after.then().get(), exchange, call))),
              after.delay().toNanos(),
              TimeUnit.NANOSECONDS);
    } else if (delivery instanceof Delivery.Answer answer) {
      site.journal().record(exchange.entry(answer.response(), Fate.ANSWERED));
      Answers.send(call.call(), answer.response());
    } else if (delivery instanceof Delivery.Truncated cut) {
      site.journal().record(exchange.entry(cut.response(), Fate.TRUNCATED));
      Answers.cancel(call.call(), call.stream());
    } else {
      site.journal().record(exchange.entry(null, Fate.RESET));
      SocketAddress client = call.call().getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      if (client != null) {
        connections.reset(client);
      }
    }
  }

  /** A bug of this server's must not leave the client waiting. */
  private static void guarded(ServerCall<byte[], byte[]> call, Runnable work) {
    try {
      work.run();
    } catch (RejectedExecutionException e) {
      // The server is closing, and so are its connections.
    } catch (RuntimeException | Error e) {
      Answers.close(
          call, Status.INTERNAL.withDescription(e.getClass().getSimpleName()), new Metadata());
      throw e;
    }
  }
}
