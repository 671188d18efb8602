package dev.enclave.gcp.internal.credentials;

import static dev.enclave.kit.Failures.denied;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.workload.Answers;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.TimeSource;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** How Google's token endpoints are asked, over TLS, and what they answer. */
record TokenEndpoints(HttpExchange exchange, TimeSource time) {

  /** Longer than any token of Google's lives. */
  private static final int LONGEST_SECONDS = 12 * 60 * 60;

  /** Asks for a token by a form (RFC 6749 §4) of names, each before its value. */
  Expiring<String> form(String url, String with, String fix, String... fields)
      throws BackendFailure {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < fields.length; i += 2) {
      form.append(i == 0 ? "" : "&").append(fields[i]).append('=');
      form.append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
    }
    return ask(post(url, "application/x-www-form-urlencoded", form.toString()), with, fix);
  }

  static HttpRequest.Builder post(String url, String type, String body) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /** Asks for a token; messages name what it is asked with, and what to do if it is refused. */
  Expiring<String> ask(HttpRequest.Builder request, String with, String fix) throws BackendFailure {
    HttpRequest asked = request.build();
    String host = asked.uri().getHost();
    Answered answered = Answers.of(exchange, asked, host, with, "Look at the network.");
    if (answered.status() != 200) {
      throw denied(Answers.told(host, answered, with), fix);
    }
    return token(host, answered.text(), time);
  }

  /** What a token endpoint answers (RFC 6749 §5.1), or the IAM Credentials API. */
  static Expiring<String> token(String who, String text, TimeSource time) throws BackendFailure {
    Map<String, String> fields = Answers.fields(text);
    String value = fields.getOrDefault("access_token", fields.getOrDefault("accessToken", ""));
    String seconds = fields.getOrDefault("expires_in", "");
    Optional<Instant> end =
        seconds.isEmpty()
            ? Answers.instant(fields.getOrDefault("expireTime", ""))
            : Optional.of(seconds)
                .filter(s -> s.matches("[1-9][0-9]{0,5}"))
                .map(Integer::valueOf)
                .filter(life -> life <= LONGEST_SECONDS)
                .map(time.now()::plusSeconds);
    // A header can carry nothing else.
    if (end.isEmpty() || !value.matches("[\\x21-\\x7e]{1,16384}")) {
      throw unavailable(who + " answered something else than an access token.", "Ask again.");
    }
    return new Expiring<>(value, end);
  }
}
