package dev.enclave.kit.http;

import java.net.http.HttpRequest;
import java.time.Duration;

/** A way to an endpoint: no proxy, no redirects, bounded in time and size. Thread-safe. */
@FunctionalInterface
public interface HttpExchange extends AutoCloseable {

  /**
   * Sends it once and waits for the whole answer; whatever goes wrong is {@link HttpAnswer.Silent}.
   *
   * @param within until the last octet of the body
   */
  HttpAnswer send(HttpRequest request, Duration within);

  /** Ends what it holds. Idempotent. */
  @Override
  default void close() {}
}
