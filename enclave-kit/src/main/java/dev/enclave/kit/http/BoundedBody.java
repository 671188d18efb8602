package dev.enclave.kit.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The body of one answer, given up and hung up on if it is too long or late. */
final class BoundedBody implements BodySubscriber<byte[]> {

  /** There is more than may be. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** There is less than was promised. */
  private static final class BrokenOffException extends IOException {
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

  /** Its message may quote what came. */
  @Override
  public void onError(Throwable thrown) {
    result.completeExceptionally(new BrokenOffException());
  }

  @Override
  public void onComplete() {
    result.complete(whole.toByteArray());
  }
}
