package dev.enclave.kit.workload;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A JSON Web Token (RFC 7519) that a platform gave a workload, to show to another cloud. Whoever
 * takes it checks its signature; here it is only looked at, so that nothing else is sent.
 */
public final class IdentityToken {

  /** A platform that gives them to its workloads. Thread-safe. */
  public interface Source extends AutoCloseable {

    /**
     * One that says to {@code audience} whose workload this is, asked for anew.
     *
     * @throws BackendFailure when there is none, or it is for somebody else
     */
    IdentityToken token(String audience) throws BackendFailure;

    /** Ends what it asks by. Idempotent. */
    @Override
    default void close() {}
  }

  /** Header, claims and signature (RFC 7515 §7.1), of a length that a request can have. */
  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_-]{1,8192}\\.[A-Za-z0-9_-]{1,16384}\\.[A-Za-z0-9_-]{1,8192}");

  /** In the form of RFC 9562 §4. */
  static final String UUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

  private final String text;
  private final Map<String, String> claims;

  private IdentityToken(String text, Map<String, String> claims) {
    this.text = text;
    this.claims = claims;
  }

  /** The token that {@code text} is; nothing if it is none. */
  public static Optional<IdentityToken> parse(String text) {
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      byte[] claims = Base64.getUrlDecoder().decode(text.split("\\.", -1)[1]);
      return Optional.of(Answers.fields(new String(claims, StandardCharsets.UTF_8)))
          .filter(fields -> !fields.isEmpty())
          .map(fields -> new IdentityToken(text, fields));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** As it is sent. */
  public String text() {
    return text;
  }

  /** Whether it is for this audience and no other. */
  public boolean isFor(String audience) {
    return audience.equals(claims.get("aud"));
  }

  /** Whether it is for the id of an application, which Azure may write for its id URI. */
  boolean isForAnId() {
    return claims.getOrDefault("aud", "").matches(UUID);
  }

  /** Issuer, audience and subject, which are no secrets, for messages. */
  public String described() {
    return Texts.TOKEN_DESCRIBED.with(claim("iss"), claim("aud"), claim("sub"));
  }

  private String claim(String name) {
    return Optional.ofNullable(claims.get(name)).map(Quoted::of).orElse("none");
  }

  /** Nothing of it. */
  @Override
  public String toString() {
    return "IdentityToken";
  }
}
