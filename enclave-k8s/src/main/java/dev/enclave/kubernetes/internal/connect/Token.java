package dev.enclave.kubernetes.internal.connect;

import dev.enclave.kit.json.Json;
import dev.enclave.kubernetes.internal.texts.Texts;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A bearer token, and when it ends as it says itself (RFC 7519 §4.1.4): its signature is the API
 * server's to verify. Shows its end alone.
 *
 * @param text never shown
 * @param end none for a legacy token, which does not end, and for what is no JSON Web Token
 */
public record Token(String text, Optional<Instant> end) {

  /** A header can carry nothing else. */
  private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,16384}");

  /** Reads one; nothing if the text could not be a header. */
  static Optional<Token> of(String text) {
    String token = text.strip();
    return FORM.matcher(token).matches()
        ? Optional.of(new Token(token, end(token)))
        : Optional.empty();
  }

  private static Optional<Instant> end(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      return Json.object(Base64.getUrlDecoder().decode(parts[1]))
          .map(claims -> claims.get("exp"))
          .filter(Long.class::isInstance)
          .map(seconds -> Instant.ofEpochSecond((Long) seconds));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The end alone. */
  @Override
  public String toString() {
    return Texts.TOKEN_UNTIL.with(end.map(Instant::toString).orElse("revoked"));
  }
}
