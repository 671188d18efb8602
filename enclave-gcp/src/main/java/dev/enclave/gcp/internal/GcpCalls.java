package dev.enclave.gcp.internal;

import com.google.iam.v1.TestIamPermissionsResponse;
import com.google.protobuf.Message;
import dev.enclave.BackendId;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.key.RemoteCalls;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Single requests to Cloud KMS: each ends by the deadline, carries an id of its own, and fails in
 * the engine's words. Thread-safe.
 */
public final class GcpCalls extends RemoteCalls {

  public static final Refusals REFUSALS = new Refusals(BackendId.GCP_KMS, Texts.SERVICE.with());

  private static final Metadata.Key<String> AUTHORIZATION = header("authorization");

  /** By which Google's front end finds the region ("Routing headers", AIP-4222). */
  private static final Metadata.Key<String> ROUTING = header("x-goog-request-params");

  /**
   * Google answers without a request id. What stands here, Cloud Audit Logs record as
   * requestMetadata.requestAttributes.reason ("System parameters", Cloud APIs documentation).
   */
  private static final Metadata.Key<String> REASON = header("x-goog-request-reason");

  /** The project whose API and quota a call counts for ("System parameters", Cloud APIs). */
  private static final Metadata.Key<String> USER_PROJECT = header("x-goog-user-project");

  private static final Metadata.Key<String> DATE = header("date");

  private final GcpSession session;

  /**
   * Ids are UUIDs that start at random and are counted on from there, since a random one for each
   * request would have all callers wait for one generator. Not secret.
   */
  private final UUID firstId = UUID.randomUUID();

  private final AtomicLong nextId = new AtomicLong(firstId.getLeastSignificantBits());

  /** Takes {@code session} over: it ends when the gate is closed. */
  public GcpCalls(GcpSession session) {
    super(REFUSALS, session::close);
    this.session = session;
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  public GcpSession session() {
    return session;
  }

  /** An answer, and the id that its request carried. */
  public record Answer<R>(R value, String requestId) {}

  /**
   * Sends it.
   *
   * @param subject the resource it is about, which the request's field for it gets
   */
  public <R extends Message> R send(GcpOperation<?, R> operation, String subject, CallContext call)
      throws BackendFailure {
    return send(operation, subject, content -> {}, call);
  }

  /** Sends it with further fields. */
  public <B extends Message.Builder, R extends Message> R send(
      GcpOperation<B, R> operation, String subject, Consumer<B> content, CallContext call)
      throws BackendFailure {
    return answer(operation, subject, content, call).value();
  }

  /** Sends it; with the id under which the service's log has it. */
  public <B extends Message.Builder, R extends Message> Answer<R> answer(
      GcpOperation<B, R> operation, String subject, Consumer<B> content, CallContext call)
      throws BackendFailure {
    gate().requireOpen();
    String token = session.tokens().get(call);
    Duration left = gate().timeLeft(call);
    String id = "enclave-" + new UUID(firstId.getMostSignificantBits(), nextId.getAndIncrement());
    SentWatch watch = new SentWatch(call);
    AtomicReference<Metadata> head = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(watch);
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(AUTHORIZATION, "Bearer " + token);
    }
    session.quotaProject().ifPresent(project -> headers.put(USER_PROJECT, project));
    // As URLEncoder has it, of what names of resources have in them.
    String encoded = subject.replace("/", "%2F").replace(":", "%3A");
    headers.put(ROUTING, operation.routing() + "=" + encoded);
    headers.put(REASON, id);
    Message request = operation.request(subject, content);
    R answer;
    try (GcpConnections.Connection connection = session.connections().reserve()) {
      Channel channel =
          ClientInterceptors.intercept(
              connection.channel(),
              MetadataUtils.newCaptureMetadataInterceptor(head, trailers),
              MetadataUtils.newAttachHeadersInterceptor(headers));
      answer = ClientCalls.blockingUnaryCall(channel, operation.method(), options, request);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAUTHENTICATED) {
        session.tokens().refused();
      }
      Optional<String> notSentTo = watch.sent() ? Optional.empty() : Optional.of(session.place());
      BackendFailure failure =
          unlessClosed(
              () ->
                  GcpFailures.of(
                      operation, subject, e, notSentTo, call.attempt(), call.remaining()));
      if (failure.code() == FailureCode.TIMEOUT && watch.waited()) {
        failure =
            operation
                .on(subject)
                .lateByLoad(Texts.WAITED_TOO_LONG.observed(), Texts.WAITED_TOO_LONG.advice());
      }
      throw watch.sent() ? failure.withProviderRequestId(id) : failure;
    } finally {
      Optional<String> date = date(head.get()).or(() -> date(trailers.get()));
      observed(call, Optional.of(id).filter(sent -> watch.sent()), date);
    }
    operation.require(subject, request, answer);
    return new Answer<>(answer, id);
  }

  /** An answer about {@code subject} is none. */
  public static BackendFailure wrongAnswer(String what, String subject) {
    return REFUSALS.wrongAnswer(Texts.ASKED_ABOUT.with(subject, what)).naming(subject);
  }

  /** Sends it; nothing if what it names does not exist. */
  public <R extends Message> Optional<R> find(
      GcpOperation<?, R> operation, String subject, CallContext call) throws BackendFailure {
    return RequestGate.unless(FailureCode.NOT_FOUND, () -> send(operation, subject, call));
  }

  /** Sends it; nothing if what it would make exists. */
  public <B extends Message.Builder, R extends Message> Optional<R> claim(
      GcpOperation<B, R> operation, String subject, Consumer<B> content, CallContext call)
      throws BackendFailure {
    return RequestGate.unless(
        FailureCode.ALREADY_EXISTS, () -> send(operation, subject, content, call));
  }

  /**
   * Those of {@code permissions} that this identity has on {@code resource}, by a request that
   * changes nothing. None is the answer for a resource that does not exist, too
   * (google/iam/v1/iam_policy.proto).
   *
   * @return nothing where a server that is not Google's does not know the request: other servers
   *     leave IAM out
   * @throws BackendFailure when there is no answer, or Google refuses to give one
   */
  public Optional<Set<String>> granted(String resource, List<String> permissions, CallContext call)
      throws BackendFailure {
    BackendFailure.Step<TestIamPermissionsResponse> asking =
        () ->
            send(
                GcpOperation.TEST_PERMISSIONS,
                resource,
                request -> request.addAllPermissions(permissions),
                call);
    return (session.reportsHsm()
            ? Optional.of(asking.run())
            : RequestGate.unless(FailureCode.UNSUPPORTED, asking))
        .map(granted -> Set.copyOf(granted.getPermissionsList()));
  }

  /** gRPC knows no date; where a front end adds that of HTTP, it is the service's time. */
  private static Optional<String> date(@Nullable Metadata answer) {
    return Optional.ofNullable(answer).map(told -> told.get(DATE));
  }

  /**
   * Tells how far a call got: to a connection, before which nothing of it was sent; and onto it. A
   * connection carries so many calls at once as the server allows, and the others wait in gRPC.
   */
  private static final class SentWatch extends ClientStreamTracer.Factory {

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

    /** Whether others on its connection left it too little time for an answer, or none. */
    boolean waited() {
      Duration connected = leftWhenConnected;
      Duration sent = leftWhenSent;
      return connected != null
          && (sent == null
              || (sent.compareTo(TIME_TO_ANSWER) < 0
                  && connected.minus(sent).compareTo(AT_ONCE) > 0));
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
}
