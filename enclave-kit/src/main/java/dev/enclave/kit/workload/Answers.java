package dev.enclave.kit.workload;

import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How those are asked who hand out credentials and tokens, and how their answers are read. */
public final class Answers {

  private static final Duration WITHIN = Duration.ofSeconds(5);

  private Answers() {}

  /**
   * The answer, unless it may be another one soon. Nothing of it is shown.
   *
   * @param who is asked, as messages begin
   * @param what they are asked with, for messages
   * @param silent what to do where nobody answers
   * @throws BackendFailure where nobody answers, or the server is not well
   */
  public static Answered of(
      HttpExchange exchange, HttpRequest request, String who, String what, String silent)
      throws BackendFailure {
    HttpAnswer answer = exchange.send(request, WITHIN);
    if (answer instanceof HttpAnswer.Silent none) {
      throw Texts.NO_ANSWER_TO.transientFailure(
          FailureCode.UNAVAILABLE, who, what, none.observed(), silent);
    }
    Answered answered = (Answered) answer;
    if (answered.status() == 429 || answered.status() >= 500) {
      throw unavailable(told(who, answered, what), Texts.ASK_AGAIN.with());
    }
    return answered;
  }

  /** Who answered what, by the status alone. */
  public static String told(String who, Answered answered, String what) {
    return Texts.ANSWERED_HTTP.with(who, answered.status(), what);
  }

  /**
   * The texts and numbers of an object of JSON, those of objects in it by names like {@code
   * credential_source.file}, and of an array of one text that text; empty if it is none.
   */
  public static Map<String, String> fields(String json) {
    Map<String, String> fields = new HashMap<>();
    Json.object(json.getBytes(StandardCharsets.UTF_8)).ifPresent(object -> put("", object, fields));
    return fields;
  }

  private static void put(String name, Object value, Map<String, String> fields) {
    if (value instanceof Map<?, ?> object) {
      object.forEach(
          (inner, of) -> put(name.isEmpty() ? "" + inner : name + "." + inner, of, fields));
    } else if (value instanceof String || value instanceof Long) {
      fields.put(name, value.toString());
    } else if (value instanceof List<?> list && list.size() == 1 && list.get(0) instanceof String) {
      fields.put(name, list.get(0).toString());
    }
  }

  /** A request that posts a form (RFC 6749 §4), whose {@code %s} stand for values. */
  public static HttpRequest form(String url, String form, String... values) {
    Object[] encoded =
        Stream.of(values).map(v -> URLEncoder.encode(v, StandardCharsets.UTF_8)).toArray();
    return post(url, "application/x-www-form-urlencoded", form.formatted(encoded)).build();
  }

  /** A request that posts a body of this type. */
  public static HttpRequest.Builder post(String url, String type, String body) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  /**
   * The access token in what a token endpoint answers (RFC 6749 §5.1), or Google's IAM Credentials
   * API; nothing if it is none that a header can carry, or does not say when it ends.
   *
   * @param longest the longest life that is believed
   */
  public static Optional<Expiring<String>> token(String json, TimeSource time, Duration longest) {
    Map<String, String> fields = fields(json);
    String value = fields.getOrDefault("access_token", fields.getOrDefault("accessToken", ""));
    String seconds = fields.getOrDefault("expires_in", "");
    Optional<Instant> end =
        seconds.isEmpty()
            ? instant(fields.getOrDefault("expireTime", ""))
            : Optional.of(seconds)
                .filter(s -> s.matches("[1-9][0-9]{0,5}"))
                .map(Integer::valueOf)
                .filter(life -> life <= longest.toSeconds())
                .map(time.now()::plusSeconds);
    return end.filter(e -> value.matches("[\\x21-\\x7e]{1,16384}"))
        .map(e -> new Expiring<>(value, end));
  }

  /**
   * What is in a file that a platform writes, without white space around it; nothing where there is
   * none. Read it anew each time: it is replaced.
   */
  public static Optional<String> file(EnvironmentSnapshot environment, String path) {
    return environment.read(path).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** The moment that a field names; nothing if it names none. */
  public static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The address that a text is; nothing if it is none. */
  public static Optional<URI> address(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether an address is one of this machine's own, without TLS, or of the platform's beside it.
   *
   * @param others hosts of the platform, as a regular expression
   */
  public static boolean isNear(URI address, String others) {
    return "http".equals(address.getScheme())
        && String.valueOf(address.getHost())
            .matches("localhost|\\[::1]|127(\\.[0-9]{1,3}){3}|" + others);
  }

  /**
   * Whether a header of HTTP can be that as it is (RFC 9110 §5.5, without what is obsolete). A
   * client tells any other value in its exception, which may be a secret.
   */
  static boolean fitHeader(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }
}
