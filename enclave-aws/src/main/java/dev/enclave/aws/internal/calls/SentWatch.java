package dev.enclave.aws.internal.calls;

import dev.enclave.kit.http.HttpAnswer.Kind;
import dev.enclave.kit.http.HttpAnswer.Silent;
import dev.enclave.kit.http.Obstacle;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * An HTTP client that tells whether a failed request had begun to leave: the body is read once
 * there is a connection, and not before. And it drops a {@code Retry-After} that is no number of
 * seconds, over which the SDK stumbles. Thread-safe.
 */
public record SentWatch(SdkHttpClient client) implements SdkHttpClient {

  private static final String RETRY_AFTER = "Retry-After";

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    AtomicBoolean sent = new AtomicBoolean(request.contentStreamProvider().isEmpty());
    HttpExecuteRequest.Builder watched =
        HttpExecuteRequest.builder()
            .request(request.httpRequest())
            .metricCollector(request.metricCollector().orElse(null));
    request
        .contentStreamProvider()
        .ifPresent(body -> watched.contentStreamProvider(() -> watched(body.newStream(), sent)));
    SdkHttpRequest asked = request.httpRequest();
    return new Watched(
        client.prepareRequest(watched.build()),
        sent,
        asked.protocol() + "://" + asked.host() + ":" + asked.port());
  }

  private static InputStream watched(InputStream body, AtomicBoolean sent) {
    return new FilterInputStream(body) {
      @Override
      public int read() throws IOException {
        sent.set(true);
        return super.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        sent.set(true);
        return super.read(target, offset, length);
      }
    };
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }

  private record Watched(ExecutableHttpRequest request, AtomicBoolean sent, String place)
      implements ExecutableHttpRequest {

    @Override
    public HttpExecuteResponse call() throws IOException {
      try {
        return withoutNonsense(request.call());
      } catch (IOException e) {
        // By this the SDK knows that its own time is over.
        if (sent.get() && e instanceof InterruptedIOException) {
          throw e;
        }
        Obstacle obstacle = Obstacle.of(e);
        throw new NoAnswer(
            place,
            sent.get()
                ? new Silent(Kind.BROKEN, AwsFailures.BROKEN)
                : new Silent(Kind.NOT_SENT, obstacle.observed(e), obstacle));
      }
    }

    private static HttpExecuteResponse withoutNonsense(HttpExecuteResponse answer) {
      SdkHttpResponse head = answer.httpResponse();
      if (head.firstMatchingHeader(RETRY_AFTER).filter(v -> !v.matches("[0-9]{1,9}")).isEmpty()) {
        return answer;
      }
      return HttpExecuteResponse.builder()
          .response(head.toBuilder().removeHeader(RETRY_AFTER).build())
          .responseBody(answer.responseBody().orElse(null))
          .build();
    }

    @Override
    public void abort() {
      request.abort();
    }
  }

  /** No answer came. Without a cause: the client's own may quote the request. */
  static final class NoAnswer extends IOException {

    private static final long serialVersionUID = 1L;

    /** Where the request was to go, such as {@code http://127.0.0.1:4566}. */
    final String place;

    final transient Silent silent;

    private NoAnswer(String place, Silent silent) {
      super(silent.observed());
      this.place = place;
      this.silent = silent;
    }
  }
}
