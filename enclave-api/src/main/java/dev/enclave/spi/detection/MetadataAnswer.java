package dev.enclave.spi.detection;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What came of a {@link MetadataRequest}. */
public sealed interface MetadataAnswer {

  /**
   * Somebody answered, the cloud or anybody else.
   *
   * @param status the HTTP status; redirects are not followed
   * @param headers the first value of each; names in any case
   * @param body the text (UTF-8), 64 KiB at most
   */
  record Answered(int status, Map<String, String> headers, String body) implements MetadataAnswer {

    public Answered {
      Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      anyCase.putAll(headers);
      headers = Collections.unmodifiableMap(anyCase);
    }

    /** A header by its name in any case. */
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    /** Status and header names only: a body may hold a session token. */
    @Override
    public String toString() {
      return "Answered[" + status + ", " + headers.keySet() + "]";
    }
  }

  /**
   * There is no answer to speak of.
   *
   * @param reason what was observed: nobody listens, too slow, too long
   */
  record Silent(String reason) implements MetadataAnswer {}
}
