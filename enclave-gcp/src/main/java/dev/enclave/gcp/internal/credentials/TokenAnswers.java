package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;

/** How token endpoints are asked, and what they answer. */
final class TokenAnswers {

  private static final Duration WITHIN = Duration.ofSeconds(5);

  private TokenAnswers() {}

  /** A document for one of Google's own, over TLS. */
  static HttpRequest.Builder post(String url, String type, String body) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /**
   * Asks for a token.
   *
   * @param with what it was asked with
   * @param fix what to do when it refuses
   */
  static Expiring<String> token(
      HttpExchange exchange, HttpRequest request, String with, TimeSource time, String fix)
      throws BackendFailure {
    String host = request.uri().getHost();
    HttpAnswer answer = exchange.send(request, WITHIN);
    if (answer instanceof HttpAnswer.Silent silent) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          host + " gave no answer to " + with + ": " + silent.observed() + ".",
          "Look at the network.");
    }
    HttpAnswer.Answered answered = (HttpAnswer.Answered) answer;
    if (answered.status() >= 500 || answered.status() == 429) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          host + " answered HTTP " + answered.status() + " to " + with + ".",
          "Ask again.");
    }
    if (answered.status() != 200) {
      throw BackendFailure.permanent(
          FailureCode.ACCESS_DENIED,
          host + " answered HTTP " + answered.status() + " to " + with + ".",
          fix);
    }
    return Documents.token(answered.text(), time)
        .orElseThrow(
            () ->
                BackendFailure.transientFailure(
                    FailureCode.UNAVAILABLE,
                    host + " answered something else than an access token.",
                    "Ask again."));
  }
}
