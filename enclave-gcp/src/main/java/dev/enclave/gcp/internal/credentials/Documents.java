package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.kit.workload.JsonFields;
import dev.enclave.spi.TimeSource;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The access tokens that servers answer. */
final class Documents {

  /** Longer than any token of Google's lives. */
  private static final int LONGEST_SECONDS = 12 * 60 * 60;

  private Documents() {}

  /** What a token endpoint answers (RFC 6749 §5.1), or the IAM Credentials API; nothing if less. */
  static Optional<Expiring<String>> token(String text, TimeSource time) {
    Map<String, String> fields = JsonFields.of(text);
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
