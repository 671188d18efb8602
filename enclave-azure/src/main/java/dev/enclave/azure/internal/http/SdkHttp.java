package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Carries what Microsoft's libraries send, each by one exchange of ours, and answers whole: their
 * own client over java.net.http has no bound on an answer nor on the time of its body, does not say
 * whether a request was sent, and cannot be closed.
 */
public abstract class SdkHttp implements HttpClient {

  /** The JDK's client sets them itself. */
  private static final Set<String> ITS_OWN =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  /** Sends it, if it may go there. */
  protected abstract HttpAnswer exchange(URI target, java.net.http.HttpRequest.Builder request);

  /** Remembers what became of it: the libraries' exceptions tell it in texts alone. */
  protected abstract void met(HttpAnswer answer);

  @Override
  public final Mono<HttpResponse> send(HttpRequest request) {
    return Mono.fromSupplier(() -> sendSync(request, Context.NONE));
  }

  @Override
  public final HttpResponse sendSync(HttpRequest request, Context context) {
    HttpAnswer answer = answer(request);
    met(answer);
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
      return new Silent(Kind.NOT_SENT, "it is no request that HTTP knows");
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
