package dev.enclave.gcp.internal.calls;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import dev.enclave.BackendId;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.ReadThreads;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Single requests to Cloud KMS: each ends by the deadline, carries an id of its own, and fails in
 * the engine's words. Thread-safe.
 */
public final class GcpCalls {

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

  /** Encoding a resource's name takes longer than looking it up. */
  private static final int MOST_ROUTINGS = 10_000;

  private final GcpSession session;
  private final RequestIds ids = new RequestIds();
  private final Map<String, String> routings = new ConcurrentHashMap<>();
  private final ReadThreads threads = new ReadThreads(BackendId.GCP_KMS, GcpRefusals.COMMON);
  private final RequestGate gate;

  /** Takes {@code session} over: it ends when the gate is closed. */
  public GcpCalls(GcpSession session) {
    this.session = session;
    this.gate =
        new RequestGate(
            GcpRefusals.COMMON,
            () -> {
              session.close();
              threads.close();
            });
  }

  /** What each of them passes. */
  public RequestGate gate() {
    return gate;
  }

  /** For those that are sent beside each other. */
  public ParallelReads threads() {
    return threads;
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
   * @param subject the resource it is about
   */
  public <Q, R> R send(GcpOperation<Q, R> operation, String subject, Q request, CallContext call)
      throws BackendFailure {
    return answer(operation, subject, request, call).value();
  }

  /** Sends it; with the id under which the service's log has it. */
  public <Q, R> Answer<R> answer(
      GcpOperation<Q, R> operation, String subject, Q request, CallContext call)
      throws BackendFailure {
    String id = ids.next();
    SentWatch watch = new SentWatch(call);
    try {
      return new Answer<>(raw(operation, subject, request, call, id, watch), id);
    } catch (StatusRuntimeException e) {
      BackendFailure failure = failure(operation, subject, e, watch, call);
      throw watch.sent() ? failure.withProviderRequestId(id) : failure;
    }
  }

  /** Sends it; nothing if what it names does not exist. */
  public <Q, R> Optional<R> find(
      GcpOperation<Q, R> operation, String subject, Q request, CallContext call)
      throws BackendFailure {
    return RequestGate.unless(FailureCode.NOT_FOUND, () -> send(operation, subject, request, call));
  }

  /** Sends it; nothing if what it would make exists. */
  public <Q, R> Optional<R> claim(
      GcpOperation<Q, R> operation, String subject, Q request, CallContext call)
      throws BackendFailure {
    return RequestGate.unless(
        FailureCode.ALREADY_EXISTS, () -> send(operation, subject, request, call));
  }

  /** Makes a CryptoKey, as {@link #claim}; refuses one that has not the labels asked for. */
  public Optional<CryptoKey> makeKey(CreateCryptoKeyRequest request, CallContext call)
      throws BackendFailure {
    Optional<CryptoKey> made = claim(GcpOperation.CREATE_KEY, request.getParent(), request, call);
    if (made.isPresent()) {
      GcpRefusals.COMMON.requireLabels(
          "CryptoKey " + request.getCryptoKeyId(),
          "labels",
          request.getCryptoKey().getLabelsMap(),
          made.get().getLabelsMap());
    }
    return made;
  }

  private <Q, R> R raw(
      GcpOperation<Q, R> operation,
      String subject,
      Q request,
      CallContext call,
      String id,
      SentWatch watch)
      throws BackendFailure {
    gate.requireOpen();
    String token = session.tokens().token(call);
    Duration left = gate.timeLeft(call);
    AtomicReference<Metadata> head = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    Channel channel =
        ClientInterceptors.intercept(
            session.channel(),
            MetadataUtils.newCaptureMetadataInterceptor(head, trailers),
            MetadataUtils.newAttachHeadersInterceptor(
                headers(operation.routing(), subject, token, id)));
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(left.toNanos(), TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(watch);
    try {
      return ClientCalls.blockingUnaryCall(channel, operation.method(), options, request);
    } finally {
      if (watch.sent()) {
        call.requested(id);
      }
      tellTime(head.get(), call);
      tellTime(trailers.get(), call);
    }
  }

  /** gRPC knows no date; where a front end adds that of HTTP, it is the service's time. */
  private static void tellTime(@Nullable Metadata answer, CallContext call) {
    if (answer != null) {
      Optional.ofNullable(answer.get(DATE))
          .flatMap(ClockDifference::instant)
          .ifPresent(call::answeredAt);
    }
  }

  private Metadata headers(String routing, String subject, String token, String id) {
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(AUTHORIZATION, "Bearer " + token);
    }
    session.tokens().quotaProject().ifPresent(project -> headers.put(USER_PROJECT, project));
    headers.put(ROUTING, routing + "=" + encoded(subject));
    headers.put(REASON, id);
    return headers;
  }

  private String encoded(String subject) {
    String known = routings.get(subject);
    if (known != null) {
      return known;
    }
    String encoded = URLEncoder.encode(subject, StandardCharsets.UTF_8);
    if (routings.size() < MOST_ROUTINGS) {
      routings.put(subject, encoded);
    }
    return encoded;
  }

  private BackendFailure failure(
      GcpOperation<?, ?> operation,
      String subject,
      StatusRuntimeException thrown,
      SentWatch watch,
      CallContext call) {
    if (gate.closed()) {
      return GcpRefusals.COMMON.closed();
    }
    if (thrown.getStatus().getCode() == Status.Code.UNAUTHENTICATED) {
      session.tokens().refused();
    }
    BackendFailure failure =
        GcpFailures.of(
            operation,
            subject,
            thrown,
            watch.sent() ? Optional.empty() : Optional.of(session.place()),
            call.attempt(),
            call.remaining());
    return failure.code() == FailureCode.TIMEOUT && (watch.waits() || watch.waitedTooLong())
        ? waitedHere(operation, subject)
        : failure;
  }

  private static BackendFailure waitedHere(GcpOperation<?, ?> operation, String subject) {
    return new RemoteRequest(operation.method().getBareMethodName(), operation.changes(), subject)
        .lateByLoad(
            "it waited until too little time was left, since its connection carried as many"
                + " requests as Google allows at once",
            "Raise enclave.gcp-kms.connections, or let fewer calls be under way at once.");
  }
}
