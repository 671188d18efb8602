package dev.enclave.core.internal.environment;

import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Asks over the network. Thread-safe; its threads end once nobody holds it any more. */
final class HttpMetadataService implements MetadataService {

  static final int LONGEST_BODY = 64 * 1024;
  static final Duration WITHIN = Duration.ofSeconds(1);

  private final UnaryOperator<URI> route;
  private final HttpClient client;

  HttpMetadataService() {
    this(UnaryOperator.identity());
  }

  /**
   * For tests on machines where the real addresses cannot be had.
   *
   * @param route from the address asked to the one to connect to
   */
  HttpMetadataService(UnaryOperator<URI> route) {
    this.route = route;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(withoutTrust())
            .build();
  }

  /** It speaks no TLS, so the certificate authorities need not be read: half of a cold start. */
  private static SSLContext withoutTrust() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no TLS: " + e.getClass().getSimpleName());
    }
  }

  @Override
  public MetadataAnswer send(MetadataRequest request) {
    CompletableFuture<HttpResponse<String>> exchange =
        client.sendAsync(httpRequest(request), head -> new CappedBody(LONGEST_BODY));
    try {
      // The client's own timeout ends with the headers; this one counts the body too.
      return answered(exchange.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new MetadataAnswer.Silent("no whole answer came within a second");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return new MetadataAnswer.Silent(reason(cause == null ? e : cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new MetadataAnswer.Silent("no whole answer came in time");
    } finally {
      // Closes the connection if anything is still under way.
      exchange.cancel(true);
    }
  }

  private HttpRequest httpRequest(MetadataRequest request) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(route.apply(request.uri()));
    request.headers().forEach(builder::setHeader);
    return builder.method(request.method().name(), HttpRequest.BodyPublishers.noBody()).build();
  }

  private static MetadataAnswer answered(HttpResponse<String> response) {
    Map<String, String> headers = new TreeMap<>();
    for (Map.Entry<String, List<String>> header : response.headers().map().entrySet()) {
      header.getValue().stream().findFirst().ifPresent(v -> headers.put(header.getKey(), v));
    }
    return new MetadataAnswer.Answered(response.statusCode(), headers, response.body());
  }

  private static String reason(Throwable failure) {
    if (failure instanceof ConnectException) {
      return "nobody listens there";
    }
    return failure instanceof CappedBody.TooLongException
        ? "the answer is longer than " + LONGEST_BODY + " octets"
        : "the exchange failed with " + failure.getClass().getSimpleName();
  }
}
