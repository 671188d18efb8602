package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.util.BinaryData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Single exchanges over HTTP/1.1: no proxy and no redirect, whatever variables and system
 * properties say; TLS 1.2 and newer; an end by the deadline, the body included. Thread-safe.
 */
public final class Wire implements AutoCloseable {

  private static final Duration CONNECTING = Duration.ofSeconds(2);

  /** No answer of Key Vault or of Microsoft Entra comes near it. */
  private static final int LONGEST_BODY = 1 << 20;

  /** The JDK's client sets them itself. */
  private static final Set<String> ITS_OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private static final AtomicInteger THREADS = new AtomicInteger();

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "enclave-azure-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });
  private final SlowStart start = new SlowStart();
  private final HttpClient client;

  /** Over connections that {@code tls} makes. */
  public Wire(SSLContext tls) {
    SSLParameters parameters = tls.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    // Said here, it holds whatever a system property says.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECTING)
            .sslContext(tls)
            .sslParameters(parameters)
            .executor(threads)
            .build();
  }

  /** What azure-identity's own tasks run on, so that they end with this. */
  public ExecutorService threads() {
    return threads;
  }

  /**
   * Sends it and waits for the whole answer.
   *
   * @param target where to, which may be another place than the request names
   * @throws WireException when none came
   */
  Answer exchange(com.azure.core.http.HttpRequest request, URI target, Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    try {
      if (!start.enter(longest.toNanos())) {
        throw WireException.late(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw WireException.late(false);
    }
    boolean connected = true;
    try {
      return exchanged(request, target, end - System.nanoTime());
    } catch (WireException e) {
      connected = e.kind() != WireException.Kind.NOT_SENT;
      throw e;
    } finally {
      start.left(connected);
    }
  }

  // Not sendAsync, which has another thread complete each answer, and on two processors a new one.
  private Answer exchanged(com.azure.core.http.HttpRequest request, URI target, long nanos) {
    if (nanos <= 0) {
      throw WireException.late(false);
    }
    AtomicBoolean sent = new AtomicBoolean(request.getBodyAsBinaryData() == null);
    long end = System.nanoTime() + nanos;
    try {
      HttpResponse<byte[]> response =
          client.send(
              built(request, target, sent, Duration.ofNanos(nanos)), head -> new Limited(end));
      return new Answer(
          response.statusCode(),
          headers(response),
          response.body(),
          request.getHeaders().getValue(HttpHeaderName.AUTHORIZATION) != null);
    } catch (IllegalArgumentException e) {
      throw WireException.refused("it is no request that HTTP knows");
    } catch (IOException e) {
      throw WireException.because(e, sent.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw WireException.late(sent.get());
    }
  }

  private static HttpRequest built(
      com.azure.core.http.HttpRequest request, URI target, AtomicBoolean sent, Duration longest) {
    BinaryData body = request.getBodyAsBinaryData();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(target)
            .timeout(longest)
            .method(
                request.getHttpMethod().name(),
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : new Watched(HttpRequest.BodyPublishers.ofByteArray(body.toBytes()), sent));
    for (HttpHeader header : request.getHeaders()) {
      if (!ITS_OWN.contains(header.getName().toLowerCase(Locale.ROOT))) {
        header.getValuesList().forEach(value -> builder.header(header.getName(), value));
      }
    }
    return builder.build();
  }

  private static HttpHeaders headers(HttpResponse<byte[]> response) {
    HttpHeaders headers = new HttpHeaders();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.set(HttpHeaderName.fromString(name), values));
    return headers;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** Tells that the request has begun to leave: a body is asked for once there is a connection. */
  private record Watched(BodyPublisher body, AtomicBoolean sent) implements BodyPublisher {

    @Override
    public long contentLength() {
      return body.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      sent.set(true);
      body.subscribe(subscriber);
    }
  }

  /**
   * Gives up on an answer that does not end, or not in time; why one broke off is told by its class
   * alone.
   */
  private static final class Limited implements BodySubscriber<byte[]> {

    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;

    Limited(long end) {
      // The head came in time; the request's own timeout ends there.
      long left = Math.max(1, end - System.nanoTime());
      var unused =
          result
              .orTimeout(left, TimeUnit.NANOSECONDS)
              .whenComplete((body, failure) -> cancelIfLate(failure));
    }

    private void cancelIfLate(@Nullable Throwable failure) {
      Flow.Subscription given = subscription;
      if (failure instanceof TimeoutException && given != null) {
        given.cancel();
      }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
      for (ByteBuffer buffer : part) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        whole.writeBytes(bytes);
      }
      if (whole.size() > LONGEST_BODY) {
        Flow.Subscription given = subscription;
        if (given != null) {
          given.cancel();
        }
        result.completeExceptionally(WireException.broken());
      }
    }

    @Override
    public void onError(Throwable thrown) {
      result.completeExceptionally(WireException.broken());
    }

    @Override
    public void onComplete() {
      result.complete(whole.toByteArray());
    }
  }
}
