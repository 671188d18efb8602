package dev.enclave.gcp.internal.credentials;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.cloud.RefreshingValue.Expiring;
import dev.enclave.spi.TimeSource;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The JSON of credentials: files, and what servers answer. */
final class Documents {

  /** Longer than any token of Google's lives. */
  private static final int LONGEST_SECONDS = 12 * 60 * 60;

  private static final JsonFactory JSON = new JsonFactory();

  private Documents() {}

  /**
   * The texts and numbers of an object, those of objects in it by names like {@code
   * credential_source.file}; empty if it is none.
   */
  static Map<String, String> fields(String text) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = JSON.createParser(text)) {
      return parser.nextToken() == JsonToken.START_OBJECT && read(parser, "", fields)
          ? fields
          : Map.of();
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static boolean read(JsonParser parser, String prefix, Map<String, String> fields)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = prefix + parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == JsonToken.START_OBJECT && name.length() < 80) {
        if (!read(parser, name + ".", fields)) {
          return false;
        }
      } else if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT) {
        fields.put(name, parser.getText());
      } else {
        parser.skipChildren();
      }
    }
    return parser.currentToken() == JsonToken.END_OBJECT;
  }

  /** What a token endpoint answers (RFC 6749 §5.1), or the IAM Credentials API; nothing if less. */
  static Optional<Expiring<String>> token(String text, TimeSource time) {
    Map<String, String> fields = fields(text);
    String value = fields.getOrDefault("access_token", fields.getOrDefault("accessToken", ""));
    // A header can carry nothing else.
    if (!value.matches("[\\x21-\\x7e]{1,16384}")) {
      return Optional.empty();
    }
    Optional<Instant> end =
        fields.containsKey("expires_in")
            ? seconds(fields.get("expires_in")).map(time.now()::plus)
            : instant(fields.getOrDefault("expireTime", ""));
    return end.map(expiresAt -> new Expiring<>(value, Optional.of(expiresAt)));
  }

  private static Optional<Duration> seconds(String text) {
    return text.matches("[1-9][0-9]{0,5}") && Integer.parseInt(text) <= LONGEST_SECONDS
        ? Optional.of(Duration.ofSeconds(Integer.parseInt(text)))
        : Optional.empty();
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
