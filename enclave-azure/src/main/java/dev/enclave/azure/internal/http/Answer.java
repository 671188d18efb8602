package dev.enclave.azure.internal.http;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import dev.enclave.kit.setup.ClockDifference;
import dev.enclave.kit.http.HttpAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What came back. Its body may be a token or a data key: it shows nothing of it. */
public final class Answer {

  private static final HttpHeaderName REQUEST_ID = HttpHeaderName.fromString("x-ms-request-id");
  private static final HttpHeaderName REGION = HttpHeaderName.fromString("x-ms-keyvault-region");
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final HttpAnswer.Answered answered;
  private final HttpHeaders headers = new HttpHeaders();
  private final boolean authenticated;

  Answer(HttpAnswer.Answered answered, boolean authenticated) {
    this.answered = answered;
    this.authenticated = authenticated;
    answered
        .headers()
        .forEach((name, values) -> headers.set(HttpHeaderName.fromString(name), values));
  }

  /** The status of HTTP. */
  public int status() {
    return answered.status();
  }

  /** All headers. */
  public HttpHeaders headers() {
    return headers;
  }

  /** The whole body, not a copy. */
  public byte[] body() {
    return answered.body();
  }

  /** Whether the request had carried a token. */
  public boolean authenticated() {
    return authenticated;
  }

  /** Whether it says that the request was carried out. */
  public boolean ok() {
    return status() >= 200 && status() < 300;
  }

  /** The provider's id of the request. */
  public Optional<String> requestId() {
    return header(REQUEST_ID).filter(id -> id.matches("[A-Za-z0-9-]{1,64}"));
  }

  /** The region of Azure that answered. */
  public Optional<String> region() {
    return header(REGION).filter(region -> region.matches("[A-Za-z0-9-]{1,64}"));
  }

  /** How long it asks to wait; none if it does not say, or no sensible number of seconds. */
  public Optional<Duration> retryAfter() {
    return header(HttpHeaderName.RETRY_AFTER)
        .filter(value -> value.matches("[0-9]{1,4}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)))
        .filter(wait -> wait.compareTo(LONGEST_WAIT) <= 0);
  }

  /** The time by the server's clock, to the second. */
  public Optional<Instant> date() {
    return header(HttpHeaderName.DATE).flatMap(ClockDifference::instant);
  }

  /** The body as text. */
  public String text() {
    return answered.text();
  }

  private Optional<String> header(HttpHeaderName name) {
    return Optional.ofNullable(headers.getValue(name)).map(String::strip);
  }
}
