package dev.enclave.core.internal.environment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A body as text (UTF-8) that hangs up on a server which sends too much. For one response. */
final class CappedBody implements HttpResponse.BodySubscriber<String> {

  /** The body is too long. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final int longest;
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  CappedBody(int longest) {
    this.longest = longest;
  }

  @Override
  public CompletionStage<String> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    newSubscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (octets.size() + buffer.remaining() > longest) {
        Flow.Subscription running = subscription;
        if (running != null) {
          running.cancel();
        }
        body.completeExceptionally(new TooLongException());
        return;
      }
      byte[] chunk = new byte[buffer.remaining()];
      buffer.get(chunk);
      octets.writeBytes(chunk);
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(octets.toString(StandardCharsets.UTF_8));
  }
}
