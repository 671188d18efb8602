package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * azure-identity's way to whoever hands out tokens, and to nobody else. A refusal ends it at once,
 * with its status alone: otherwise the libraries behind it would repeat the request by clocks of
 * their own, and write the answer into their logs. Thread-safe.
 */
public final class TokenHttp implements HttpClient {

  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final Wire wire;
  private final Predicate<URI> allowed;
  private final Function<URI, URI> route;

  /**
   * To those.
   *
   * @param allowed who may be asked
   * @param route where they are in this network
   */
  public TokenHttp(Wire wire, Predicate<URI> allowed, Function<URI, URI> route) {
    this.wire = wire;
    this.allowed = allowed;
    this.route = route;
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return Mono.fromSupplier(() -> sendSync(request, Context.NONE));
  }

  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    Answer answer = wire.exchangeAtOnce(request, target(request), LONGEST);
    if (!answer.ok()) {
      throw new TokenRefusedException(answer.status(), answer.retryAfter());
    }
    return new HeldResponse(request, answer);
  }

  private URI target(HttpRequest request) {
    try {
      URI target = request.getUrl().toURI();
      if (!allowed.test(target)) {
        throw WireException.refused(
            "azure-identity would ask somebody else for a token than this environment names");
      }
      return route.apply(target);
    } catch (URISyntaxException e) {
      throw WireException.refused("azure-identity names no address");
    }
  }
}
