package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import dev.enclave.azure.internal.credentials.AzureTokens;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The SDK's way to the vault, and to nowhere else: an answer may name a next page, and no token is
 * to follow it to another host. Microsoft's own client over java.net.http has no bound on an answer
 * nor on the time of its body, does not say whether a request was sent, and cannot be closed. Each
 * request carries a token of an audience of the vault's own, whatever a challenge names, and ends
 * by the deadline of the attempt it is part of, which is the calling thread's. Thread-safe.
 */
public final class KeyVaultHttp implements HttpClient {

  /** The JDK's client sets them itself. */
  private static final Set<String> ITS_OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  /** "Authentication, requests and responses", Authentication. */
  private static final Pattern CHALLENGE =
      Pattern.compile("(?i)Bearer .*?(?:resource|scope)=\"([^\"]{1,200}?)(?:/\\.default)?\".*");

  private static final int UNAUTHORIZED = 401;

  private final HttpExchange network;
  private final Origin vault;
  private final AzureTokens tokens;

  // Of each thread, since the SDK hands nothing through to its client. Not static: an attempt is
  // one of this vault.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Attempt> current = new ThreadLocal<>();

  public KeyVaultHttp(HttpExchange network, Origin vault, AzureTokens tokens) {
    this.network = network;
    this.vault = vault;
    this.tokens = tokens;
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

  private Attempt attempt() {
    return Objects.requireNonNull(current.get(), "a request that is part of no attempt");
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return Mono.fromSupplier(() -> sendSync(request, Context.NONE));
  }

  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    HttpAnswer answer = answer(request);
    attempt().met(answer);
    if (answer instanceof Answered answered) {
      return new HeldResponse(request, answered);
    }
    throw new IllegalStateException("no answer");
  }

  private HttpAnswer answer(HttpRequest request) {
    try {
      BinaryData body = request.getBodyAsBinaryData();
      URI target = request.getUrl().toURI();
      java.net.http.HttpRequest.Builder builder =
          java.net.http.HttpRequest.newBuilder(target)
              .method(
                  request.getHttpMethod().name(),
                  body == null
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofByteArray(body.toBytes()));
      for (HttpHeader header : request.getHeaders()) {
        if (!ITS_OWN.contains(header.getName().toLowerCase(Locale.ROOT))) {
          header.getValuesList().forEach(value -> builder.header(header.getName(), value));
        }
      }
      return exchange(target, builder);
    } catch (IllegalArgumentException | URISyntaxException e) {
      return new Silent(Kind.NOT_SENT, Texts.NO_HTTP_REQUEST.with());
    }
  }

  private HttpAnswer exchange(URI target, java.net.http.HttpRequest.Builder request) {
    if (vault.at(target.toString()).isEmpty()) {
      return new Silent(Kind.NOT_SENT, Texts.POINTED_ELSEWHERE.with());
    }
    CallContext call = attempt().call();
    request.setHeader("x-ms-client-request-id", clientRequestId(call));
    try {
      String token = tokens.get(call);
      HttpAnswer answer = sent(request, token, call);
      Optional<String> wanted = wanted(answer);
      if (wanted.isEmpty()) {
        return answer;
      }
      tokens.turnTo(wanted.get());
      String next = tokens.get(call);
      return next.equals(token) ? answer : sent(request, next, call);
    } catch (BackendFailure e) {
      attempt().withoutToken = e;
      return new Silent(Kind.NOT_SENT, Texts.NO_TOKEN.with());
    }
  }

  private HttpAnswer sent(
      java.net.http.HttpRequest.Builder request, String token, CallContext call) {
    return network.send(
        request.setHeader("Authorization", "Bearer " + token).build(), call.remaining());
  }

  /** What a challenge says that tokens must be for; none if it is no challenge. */
  public static Optional<String> wanted(HttpAnswer answer) {
    return answer instanceof Answered answered && answered.status() == UNAUTHORIZED
        ? answered
            .header("WWW-Authenticate", CHALLENGE)
            .map(header -> CHALLENGE.matcher(header).replaceFirst("$1"))
        : Optional.empty();
  }

  /** A UUID, as Azure's logs want it; the operation's own where that is one. */
  private static String clientRequestId(CallContext call) {
    String id = call.operationId();
    return id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        ? id
        : UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** What one call of the SDK has met on its way. Of one thread. */
  public static final class Attempt {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private final CallContext call;
    private @Nullable HttpAnswer last;
    private @Nullable BackendFailure withoutToken;

    Attempt(CallContext call) {
      this.call = call;
    }

    /** The attempt it is part of. */
    public CallContext call() {
      return call;
    }

    /** The last answer; none if the last request got none. */
    public Optional<Answered> answer() {
      return last instanceof Answered answered ? Optional.of(answered) : Optional.empty();
    }

    /** Why the last request got no answer. */
    public Optional<Silent> silent() {
      return last instanceof Silent silent ? Optional.of(silent) : Optional.empty();
    }

    /** Why there was no token to send. */
    public Optional<BackendFailure> withoutToken() {
      return Optional.ofNullable(withoutToken);
    }

    /** The vault's id of the request. */
    public Optional<String> requestId() {
      return header("x-ms-request-id", PLAIN);
    }

    /** The region of Azure that answered. */
    public Optional<String> region() {
      return header("x-ms-keyvault-region", PLAIN);
    }

    /** The time by the vault's clock, to the second. */
    public Optional<Instant> date() {
      return header("Date", ClockDifference.DATE).flatMap(ClockDifference::instant);
    }

    private Optional<String> header(String name, Pattern form) {
      return answer().flatMap(answered -> answered.header(name, form));
    }

    void met(HttpAnswer answer) {
      last = answer;
      requestId().ifPresent(call::requested);
      date().ifPresent(call::answeredAt);
    }
  }

  /** An answer that is there whole, as the libraries want it. */
  private static final class HeldResponse extends HttpResponse {

    private final Answered answer;
    private final HttpHeaders headers = new HttpHeaders();

    HeldResponse(HttpRequest request, Answered answer) {
      super(request);
      this.answer = answer;
      answer
          .headers()
          .forEach((name, values) -> headers.set(HttpHeaderName.fromString(name), values));
    }

    @Override
    public int getStatusCode() {
      return answer.status();
    }

    @Override
    @Deprecated
    @SuppressWarnings("NullAway") // Their own contract: null for a header that is not there.
    public String getHeaderValue(String name) {
      return headers.getValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
      return Flux.just(ByteBuffer.wrap(answer.body()));
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
      return Mono.just(answer.body());
    }

    @Override
    public Mono<String> getBodyAsString() {
      return getBodyAsString(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
      return Mono.just(new String(answer.body(), charset));
    }

    @Override
    public BinaryData getBodyAsBinaryData() {
      return BinaryData.fromBytes(answer.body());
    }
  }
}
