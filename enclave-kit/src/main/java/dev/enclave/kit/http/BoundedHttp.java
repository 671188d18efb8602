package dev.enclave.kit.http;

import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.texts.Texts;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Single exchanges over HTTP/1.1: no proxy and no redirect, whatever variables and system
 * properties say; TLS 1.2 and newer, with host names checked; an end by the deadline, the body
 * included; nothing of an answer in a failure. Nothing runs before the first request. Thread-safe.
 */
public final class BoundedHttp implements HttpExchange {

  /** No document of a token or metadata endpoint comes near it. */
  public static final int LONGEST_DOCUMENT = 64 * 1024;

  // The TLS handshake counts. The first one of a JVM with a small share of a processor takes
  // seconds.
  private static final Duration CONNECTING = Duration.ofSeconds(5);

  /** What the JVM's own default context calls its protocol ("SSLContext Algorithms", JDK). */
  private static final String DEFAULT_CONTEXT = "Default";

  private final Supplier<SSLContext> tls;
  private final int longestBody;
  private final Duration connecting;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "enclave-http");
            thread.setDaemon(true);
            return thread;
          });

  /** Who waits for an answer. */
  private final Set<Thread> waiting = new HashSet<>();

  private @Nullable HttpClient client;
  private boolean closed;

  /**
   * A way to endpoints.
   *
   * @param tls whose certificates are trusted: {@link #platformTrust} or {@link #noTls}, asked for
   *     when the first request is sent
   * @param longestBody in octets
   */
  public BoundedHttp(Supplier<SSLContext> tls, int longestBody) {
    this(tls, longestBody, CONNECTING);
  }

  /** With so much time for a connection, its TLS handshake included. */
  BoundedHttp(Supplier<SSLContext> tls, int longestBody, Duration connecting) {
    this.tls = tls;
    this.longestBody = longestBody;
    this.connecting = connecting;
  }

  /**
   * Trusts whom the JVM trusts; or is what the application has made the default context, and then
   * failures do not name the certificate.
   */
  public static SSLContext platformTrust() {
    try {
      SSLContext chosen = SSLContext.getDefault();
      return chosen.getProtocol().equals(DEFAULT_CONTEXT)
          ? trust(CertificateTrust.platform())
          : chosen;
    } catch (GeneralSecurityException e) {
      throw CertificateTrust.withoutTls(e);
    }
  }

  /** Trusts nobody, so the certificate authorities need not be read: half of a cold start. */
  public static SSLContext noTls() {
    return trust();
  }

  /** Trusts as these decide. */
  public static SSLContext trust(TrustManager... managers) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw CertificateTrust.withoutTls(e);
    }
  }

  @Override
  public HttpAnswer send(HttpRequest request, Duration within) {
    long end = System.nanoTime() + within.toNanos();
    HttpClient open = enter();
    if (open == null) {
      return new Silent(Kind.NOT_SENT, Texts.CLIENT_CLOSED.with());
    }
    try {
      return exchange(open, request, within, end);
    } finally {
      leave();
    }
  }

  // Not sendAsync, which has another thread complete each answer, and on two processors a new one.
  private HttpAnswer exchange(HttpClient open, HttpRequest request, Duration within, long end) {
    if (within.isZero() || within.isNegative()) {
      return late(false);
    }
    AtomicBoolean sent = new AtomicBoolean(length(request) == 0);
    try {
      HttpResponse<byte[]> response =
          open.send(bounded(request, sent, within), head -> new BoundedBody(longestBody, end));
      return new HttpAnswer.Answered(
          response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      if (is(e, ProtocolException.class)) {
        forget(open);
      }
      return silent(e, sent.get());
    } catch (RejectedExecutionException e) {
      return new Silent(Kind.NOT_SENT, Texts.CLIENT_CLOSED.with());
    } catch (InterruptedException e) {
      if (!isWaiting()) {
        return silent(new InterruptedIOException(), sent.get());
      }
      Thread.currentThread().interrupt();
      return late(sent.get());
    }
  }

  private synchronized @Nullable HttpClient enter() {
    HttpClient open = client();
    if (open != null) {
      waiting.add(Thread.currentThread());
    }
    return open;
  }

  /** Not any more once {@link #close} has interrupted it. */
  private synchronized boolean isWaiting() {
    return waiting.contains(Thread.currentThread());
  }

  private synchronized void leave() {
    if (!waiting.remove(Thread.currentThread())) {
      // It came too late to end anything, or did what it was for.
      Thread.interrupted();
    }
  }

  private synchronized @Nullable HttpClient client() {
    if (client == null && !closed) {
      SSLContext context = tls.get();
      SSLParameters parameters = context.getDefaultSSLParameters();
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      // Said here, it holds whatever a system property says.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(connecting)
              .sslContext(context)
              .sslParameters(parameters)
              .executor(threads)
              .build();
    }
    return client;
  }

  /**
   * Java's client leaves the connection of an answer open that it cannot read, until the client
   * ends. Since Java 21 it is ended as soon as its other exchanges are over; before, once it is
   * collected.
   */
  private synchronized void forget(HttpClient met) {
    if (met.equals(client)) {
      client = null;
      if (met instanceof AutoCloseable closeable) {
        // Closing the threads interrupts it, and then it ends at once.
        threads.execute(() -> end(closeable));
      }
    }
  }

  private static long length(HttpRequest request) {
    return request.bodyPublisher().map(BodyPublisher::contentLength).orElse(0L);
  }

  /** Its own timeout ends with the head of the answer. */
  private static HttpRequest bounded(HttpRequest request, AtomicBoolean sent, Duration within) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
    request
        .bodyPublisher()
        .ifPresent(body -> builder.method(request.method(), new Watched(body, sent)));
    return builder.timeout(within).build();
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

  /** What the client threw, in our words: its own may quote the request or the answer. */
  private Silent silent(IOException thrown, boolean sent) {
    if (is(thrown, HttpConnectTimeoutException.class)) {
      return late(false);
    }
    Obstacle obstacle = Obstacle.of(thrown);
    // Requests without a body are taken for sent, though connection and handshake come before them.
    if (obstacle != Obstacle.OTHER && (!sent || before(thrown, obstacle))) {
      return new Silent(Kind.NOT_SENT, obstacle.observed(thrown), obstacle);
    }
    if (is(thrown, HttpTimeoutException.class) || is(thrown, TimeoutException.class)) {
      return late(sent);
    }
    if (is(thrown, BoundedBody.TooLongException.class)) {
      return new Silent(Kind.BROKEN, Texts.ANSWER_TOO_LONG.with(longestBody));
    }
    return sent
        ? new Silent(Kind.BROKEN, Texts.CONNECTION_BROKE.with())
        : new Silent(Kind.NOT_SENT, Texts.CONNECTION_BROKE_BEFORE.with());
  }

  /** Whether this can come before anything is sent alone. */
  private static boolean before(Throwable thrown, Obstacle obstacle) {
    return obstacle != Obstacle.CERTIFICATE
        || is(thrown, CertificateException.class)
        || is(thrown, SSLHandshakeException.class);
  }

  private static Silent late(boolean sent) {
    return sent
        ? new Silent(Kind.LATE, Texts.NO_WHOLE_ANSWER.with())
        : new Silent(Kind.NOT_SENT, Texts.NO_CONNECTION_IN_TIME.with());
  }

  private static boolean is(Throwable thrown, Class<? extends Throwable> kind) {
    return CertificateTrust.inChain(thrown, kind) != null;
  }

  /** Ends what is under way, and its threads. */
  @Override
  public void close() {
    HttpClient ending;
    synchronized (this) {
      closed = true;
      ending = client;
      client = null;
      // Before Java 21 nothing else ends what is under way, but for its deadline.
      waiting.forEach(Thread::interrupt);
      waiting.clear();
    }
    // Since Java 21. Before, its own thread ends once nobody holds the client any more.
    if (ending instanceof AutoCloseable closeable) {
      endNow(closeable);
    }
    threads.shutdownNow();
  }

  /** It waits for what is under way, unless who closes it is interrupted. */
  private static void endNow(AutoCloseable client) {
    boolean interrupted = Thread.interrupted();
    Thread.currentThread().interrupt();
    try {
      end(client);
    } finally {
      if (!interrupted) {
        Thread.interrupted();
      }
    }
  }

  private static void end(AutoCloseable client) {
    try {
      client.close();
    } catch (Exception e) {
      throw new IllegalStateException("Java's HTTP client did not close: " + e.getClass());
    }
  }

  /** The body of one answer, given up and hung up on if it is too long or late. */
  private static final class BoundedBody implements BodySubscriber<byte[]> {

    /** There is more than may be. */
    static final class TooLongException extends IOException {
      private static final long serialVersionUID = 1L;
    }

    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final int longest;
    private volatile Flow.@Nullable Subscription subscription;

    /**
     * For an answer whose head came in time.
     *
     * @param end by the monotonic clock
     */
    BoundedBody(int longest, long end) {
      this.longest = longest;
      long left = Math.max(1, end - System.nanoTime());
      var unused =
          result
              .orTimeout(left, TimeUnit.NANOSECONDS)
              .whenComplete((body, failure) -> hangUpAfter(failure));
    }

    private void hangUpAfter(@Nullable Throwable failure) {
      Flow.Subscription given = subscription;
      if (failure != null && given != null) {
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
      if (result.isCompletedExceptionally()) {
        given.cancel();
      } else {
        given.request(Long.MAX_VALUE);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
      for (ByteBuffer buffer : part) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        whole.writeBytes(bytes);
      }
      if (whole.size() > longest) {
        result.completeExceptionally(new TooLongException());
      }
    }

    /** There is less than was promised. What was thrown may quote what came. */
    @Override
    public void onError(Throwable thrown) {
      result.completeExceptionally(new EOFException());
    }

    @Override
    public void onComplete() {
      result.complete(whole.toByteArray());
    }
  }
}
