package dev.enclave.emulators.internal.token;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are taken from whom (OpenID Connect Core 1.0 §3.1.3.7): signature, issuer, audience
 * and time are checked.
 *
 * @param issuer as {@code iss} has it
 * @param audience as {@code aud} must be
 * @param subject as {@code sub} must be; empty for any
 */
public record TrustedIssuer(String issuer, String audience, Optional<String> subject) {

  /** Whose token it is; empty if it is not to be taken. */
  public Optional<String> subjectOf(String token, Instant now) {
    Optional<Map<String, @Nullable Object>> said =
        SignedTokens.claims(token).filter(claims -> SignedTokens.isSigned(token));
    if (said.isEmpty()) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> claims = said.get();
    return Optional.ofNullable(claims.get("sub"))
        .map(Object::toString)
        .filter(sub -> issuer.equals(claims.get("iss")) && audience.equals(claims.get("aud")))
        .filter(sub -> subject.isEmpty() || subject.get().equals(sub))
        .filter(sub -> now.isBefore(end(claims)));
  }

  private static Instant end(Map<String, @Nullable Object> claims) {
    return claims.get("exp") instanceof BigDecimal seconds
        ? Instant.ofEpochSecond(seconds.longValue())
        : Instant.EPOCH;
  }
}
