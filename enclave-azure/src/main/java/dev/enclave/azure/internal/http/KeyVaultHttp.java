package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The SDK's way to the vault, and to nowhere else: an answer may name a next page, and no token is
 * to follow it to another host. Each request ends by the deadline of the attempt it is part of,
 * which is the calling thread's. Thread-safe.
 */
public final class KeyVaultHttp implements HttpClient {

  private static final HttpHeaderName CLIENT_REQUEST_ID =
      HttpHeaderName.fromString("x-ms-client-request-id");

  /** For requests that are part of no attempt; there are none. */
  private static final Duration WITHOUT_ATTEMPT = Duration.ofSeconds(10);

  private final Wire wire;
  private final String authority;
  private final Audiences audiences;
  private final Function<URI, URI> route;

  // Of each thread, since the SDK hands nothing through to its credentials. Not static: an attempt
  // is one of this vault.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Attempt> current = new ThreadLocal<>();

  /**
   * Of one vault.
   *
   * @param authority its host, and its port unless it is 443
   * @param audiences what tokens may be for there
   * @param route where it is in this network: in a test, elsewhere
   */
  public KeyVaultHttp(Wire wire, String authority, Audiences audiences, Function<URI, URI> route) {
    this.wire = wire;
    this.authority = authority;
    this.audiences = audiences;
    this.route = route;
  }

  /** Does something by the SDK, as part of an attempt. */
  public <T> T during(CallContext call, Function<Attempt, T> work) {
    Attempt attempt = new Attempt(call);
    current.set(attempt);
    try {
      return work.apply(attempt);
    } finally {
      current.remove();
    }
  }

  /** What tokens may be for there. */
  public Audiences audiences() {
    return audiences;
  }

  /** The attempt that this thread makes. */
  public Optional<Attempt> current() {
    return Optional.ofNullable(current.get());
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return Mono.fromSupplier(() -> sendSync(request, Context.NONE));
  }

  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    Optional<Attempt> attempt = current();
    try {
      URI target = target(request);
      attempt.ifPresent(a -> request.setHeader(CLIENT_REQUEST_ID, clientRequestId(a.call())));
      Duration longest = attempt.map(a -> a.call().remaining()).orElse(WITHOUT_ATTEMPT);
      if (longest.isZero()) {
        throw WireException.late();
      }
      Answer answer = wire.exchange(request, route.apply(target), longest);
      attempt.ifPresent(a -> a.answered(answer));
      audiences.requireOf(answer);
      return new HeldResponse(request, answer);
    } catch (WireException e) {
      attempt.ifPresent(a -> a.broke(e));
      throw e;
    } catch (BackendFailure e) {
      attempt.ifPresent(a -> a.lacksToken(e));
      throw new IllegalStateException("no token");
    }
  }

  private URI target(HttpRequest request) {
    try {
      URI target = request.getUrl().toURI();
      if (!"https".equals(target.getScheme())
          || !authority.equals(
              String.valueOf(target.getRawAuthority())
                  .toLowerCase(Locale.ROOT)
                  .replaceFirst(":443$", ""))) {
        throw WireException.refused("the vault pointed to another host, and no token goes there");
      }
      return target;
    } catch (URISyntaxException e) {
      throw WireException.refused("the vault pointed to no address");
    }
  }

  /** A UUID, as Azure's logs want it; the operation's own where that is one. */
  private static String clientRequestId(CallContext call) {
    String id = call.operationId();
    return id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        ? id
        : UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
