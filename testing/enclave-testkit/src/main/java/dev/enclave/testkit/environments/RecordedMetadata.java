package dev.enclave.testkit.environments;

import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Answers as the recorded platform does: the first exchange that matches. Delay and size are
 * judged, not lived through: what comes later or longer than a client accepts is silence to it.
 *
 * @param exchanges in the order they are tried
 * @param otherwise what comes of a request that none matches
 */
record RecordedMetadata(List<Exchange> exchanges, MetadataAnswer otherwise)
    implements MetadataService {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final int LONGEST_BODY = 64 * 1024;

  private static final MetadataAnswer TOO_LATE =
      new MetadataAnswer.Silent("no answer within a second");

  /** The answer to what no exchange matches, by its name in a recording. */
  static MetadataAnswer otherwise(String text) {
    return switch (text) {
      case "404" -> new MetadataAnswer.Answered(404, Map.of(), "");
      case "silent" -> TOO_LATE;
      case "unreachable" -> new MetadataAnswer.Silent("nobody listens");
      default ->
          throw new IllegalArgumentException(
              "metadata.otherwise=" + text + " is none of 404, silent, unreachable");
    };
  }

  /**
   * One recorded exchange.
   *
   * @param method GET, PUT or {@code *}
   * @param path of the URI; a {@code *} at the end stands for any rest
   * @param required headers the request must carry; {@code *} stands for any value
   * @param answer what comes back
   */
  record Exchange(String method, String path, Map<String, String> required, MetadataAnswer answer) {

    static Exchange of(Map<String, String> facts) {
      Map<String, String> rest = new TreeMap<>(facts);
      String request = take(rest, "request").orElseThrow();
      int space = request.indexOf(' ');
      Map<String, String> required = section(rest, "requires.");
      MetadataAnswer answer = answer(rest);
      if (space < 0 || !rest.isEmpty()) {
        throw new IllegalArgumentException(
            "metadata exchange \"" + request + "\" and " + rest.keySet() + " stand for nothing");
      }
      return new Exchange(
          request.substring(0, space), request.substring(space + 1), required, answer);
    }

    private static MetadataAnswer answer(Map<String, String> rest) {
      if (take(rest, "silence").isPresent()) {
        return TOO_LATE;
      }
      MetadataAnswer answered =
          new MetadataAnswer.Answered(
              Integer.parseInt(take(rest, "status").orElseThrow()),
              section(rest, "header."),
              take(rest, "body").orElse(""));
      Optional<Duration> delay = take(rest, "delay").map(Duration::parse);
      Optional<Integer> size = take(rest, "size").map(Integer::valueOf);
      if (delay.filter(wait -> wait.compareTo(LONGEST_WAIT) > 0).isPresent()) {
        return TOO_LATE;
      }
      return size.filter(length -> length > LONGEST_BODY).isPresent()
          ? new MetadataAnswer.Silent("an answer longer than 64 KiB")
          : answered;
    }

    private static Map<String, String> section(Map<String, String> facts, String prefix) {
      Map<String, String> section = new TreeMap<>();
      for (String key : List.copyOf(facts.keySet())) {
        if (key.startsWith(prefix)) {
          section.put(key.substring(prefix.length()), take(facts, key).orElseThrow());
        }
      }
      return section;
    }

    private static Optional<String> take(Map<String, String> facts, String key) {
      return Optional.ofNullable(facts.remove(key));
    }

    boolean matches(MetadataRequest request) {
      return (method.equals("*") || method.equals(request.method().name()))
          && matchesPath(request.uri().getPath())
          && required.entrySet().stream().allMatch(header -> carries(request, header));
    }

    private boolean matchesPath(String asked) {
      return path.endsWith("*")
          ? asked.startsWith(path.substring(0, path.length() - 1))
          : asked.equals(path);
    }

    private static boolean carries(MetadataRequest request, Map.Entry<String, String> header) {
      return request.headers().entrySet().stream()
          .filter(sent -> sent.getKey().equalsIgnoreCase(header.getKey()))
          .anyMatch(
              sent -> header.getValue().equals("*") || header.getValue().equals(sent.getValue()));
    }
  }

  RecordedMetadata {
    exchanges = List.copyOf(exchanges);
  }

  @Override
  public MetadataAnswer send(MetadataRequest request) {
    return exchanges.stream()
        .filter(exchange -> exchange.matches(request))
        .findFirst()
        .map(Exchange::answer)
        .orElse(otherwise);
  }
}
