package dev.enclave.gcp.internal.credentials;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** By HTTPS, past any proxy, without redirects; the answer whole within a time, and not long. */
public final class GoogleTokenExchange implements TokenExchange {

  private static final Duration CONNECTING = Duration.ofSeconds(2);
  private static final Duration ANSWERING = Duration.ofSeconds(5);

  /** No token of Google's comes near it. */
  private static final int LONGEST_BODY = 1 << 16;

  private final UnaryOperator<URI> route;
  private final Duration answering;

  /** Within five seconds. */
  public GoogleTokenExchange() {
    this(UnaryOperator.identity());
  }

  /**
   * In another network.
   *
   * @param route from the address asked to the one to connect to
   */
  public GoogleTokenExchange(UnaryOperator<URI> route) {
    this(route, ANSWERING);
  }

  /**
   * Within another time.
   *
   * @param answering until the end of the answer
   */
  GoogleTokenExchange(UnaryOperator<URI> route, Duration answering) {
    this.route = route;
    this.answering = answering;
  }

  @Override
  public Answer post(String url, Map<String, String> headers, String body) {
    // One an hour: a client that is kept would keep a thread.
    HttpClient client =
        HttpClient.newBuilder()
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECTING)
            .build();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(route.apply(URI.create(url)))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<Optional<String>>> answer =
        client.sendAsync(request.build(), head -> new Limited());
    try {
      // The client's own timeout ends with the head of the answer.
      HttpResponse<Optional<String>> whole = answer.get(answering.toNanos(), TimeUnit.NANOSECONDS);
      return whole.body().isPresent()
          ? new Answered(whole.statusCode(), whole.body().get())
          : new Silent();
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Silent();
    } catch (ExecutionException e) {
      return new Silent();
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return new Silent();
    }
  }

  /** The whole answer; nothing if it breaks off, or does not end. */
  private static final class Limited implements BodySubscriber<Optional<String>> {

    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private final CompletableFuture<Optional<String>> result = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<Optional<String>> getBody() {
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
        if (subscription != null) {
          subscription.cancel();
        }
        result.complete(Optional.empty());
      }
    }

    /** Why is nobody's business: it may quote the answer. */
    @Override
    public void onError(Throwable thrown) {
      result.complete(Optional.empty());
    }

    @Override
    public void onComplete() {
      result.complete(Optional.of(whole.toString(StandardCharsets.UTF_8)));
    }
  }
}
