package dev.enclave.kit.http;

import dev.enclave.spi.detection.MetadataAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What came of a request. Shows nothing of a body, which may be a token or a data key. */
public sealed interface HttpAnswer {

  /** The same as detectors know it, with the first value of each header. */
  MetadataAnswer toMetadata();

  /** Somebody answered, and this is all of it. */
  final class Answered implements HttpAnswer {

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}");
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * A whole answer.
     *
     * @param headers all values by name
     * @param body not copied
     */
    public Answered(int status, Map<String, List<String>> headers, byte[] body) {
      this.status = status;
      this.headers = headers;
      this.body = body;
    }

    /** One without headers. */
    public static Answered of(int status, String text) {
      return new Answered(status, Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** The HTTP status; redirects are not followed. */
    public int status() {
      return status;
    }

    /** All values by name. */
    public Map<String, List<String>> headers() {
      return headers;
    }

    /** The first value of a header that has a certain form; names differ by more than case. */
    public Optional<String> header(String name, Pattern form) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .flatMap(header -> header.getValue().stream())
          .filter(value -> form.matcher(value).matches())
          .findFirst();
    }

    /** How long it asks to wait; none if it does not say, or no sensible number of seconds. */
    public Optional<Duration> retryAfter() {
      return header("Retry-After", SECONDS)
          .map(Long::parseLong)
          .map(Duration::ofSeconds)
          .filter(wait -> wait.compareTo(LONGEST_WAIT) <= 0);
    }

    /** The whole body, not a copy. */
    public byte[] body() {
      return body;
    }

    /** The body as text (UTF-8). */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public MetadataAnswer toMetadata() {
      Map<String, String> first = new TreeMap<>();
      headers.forEach((name, values) -> first.put(name, values.get(0)));
      return new MetadataAnswer.Answered(status, first, text());
    }

    /** Status and header names only. */
    @Override
    public String toString() {
      return "Answered[" + status + ", " + headers.keySet() + "]";
    }
  }

  /**
   * There is no answer to speak of.
   *
   * @param kind what became of the request
   * @param observed why, in our own words: nothing of what came
   * @param obstacle what kept a connection from being made, if anything did
   */
  record Silent(Kind kind, String observed, Obstacle obstacle) implements HttpAnswer {

    /** Without an obstacle that tells what mends it. */
    public Silent(Kind kind, String observed) {
      this(kind, observed, Obstacle.OTHER);
    }

    @Override
    public MetadataAnswer toMetadata() {
      return new MetadataAnswer.Silent(observed);
    }
  }

  /** What became of a request without an answer. */
  enum Kind {
    /** Not an octet of it has left. */
    NOT_SENT,
    /** The time was over, or the caller was interrupted. */
    LATE,
    /** The connection broke, or what came was no answer, or too long a one. */
    BROKEN
  }
}
