package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer that is there whole, as the SDK wants it. */
final class HeldResponse extends HttpResponse {

  private final Answer answer;

  HeldResponse(HttpRequest request, Answer answer) {
    super(request);
    this.answer = answer;
  }

  @Override
  public int getStatusCode() {
    return answer.status();
  }

  @Override
  @Deprecated
  @SuppressWarnings("NullAway") // The SDK's own contract: null for a header that is not there.
  public String getHeaderValue(String name) {
    return answer.headers().getValue(HttpHeaderName.fromString(name));
  }

  @Override
  public HttpHeaders getHeaders() {
    return answer.headers();
  }

  @Override
  public Flux<ByteBuffer> getBody() {
    return Flux.just(ByteBuffer.wrap(answer.body()));
  }

  @Override
  public BinaryData getBodyAsBinaryData() {
    return BinaryData.fromBytes(answer.body());
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
  public HttpResponse buffer() {
    return this;
  }
}
