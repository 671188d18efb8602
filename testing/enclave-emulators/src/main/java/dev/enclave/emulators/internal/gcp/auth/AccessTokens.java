package dev.enclave.emulators.internal.gcp.auth;

import com.google.rpc.Code;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.wire.ServiceRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * OAuth 2.0 access tokens: handed out, and asked for on every call (RFC 6750 §2.1). Thread-safe.
 */
public final class AccessTokens {

  /**
   * A token.
   *
   * @param principal the e-mail address of the service account that it stands for
   */
  public record Token(String value, String principal, Instant expiry) {

    /** Whose and until when. */
    @Override
    public String toString() {
      return "Token[" + principal + " " + expiry + "]";
    }
  }

  private static final int RANDOM_BYTES = 48;
  private static final String BEARER = "bearer ";

  private final SecureRandom random;
  private final Map<String, Token> issued = new ConcurrentHashMap<>();

  /** None yet. */
  public AccessTokens(SecureRandom random) {
    this.random = random;
  }

  /** A new token, shaped as Google's are, whose content is opaque. */
  public Token issue(String principal, Instant now, Duration lifetime) {
    byte[] content = new byte[RANDOM_BYTES];
    random.nextBytes(content);
    Token token =
        new Token(
            "ya29.c." + Base64.getUrlEncoder().withoutPadding().encodeToString(content),
            principal,
            now.plus(lifetime));
    issued.put(token.value(), token);
    return token;
  }

  /**
   * Whose token a request carries. The reasons are those of google/api/error_reason.proto.
   *
   * @param service the logical name, for the error
   */
  public String principal(ServiceRequest request, String service) {
    Optional<String> header = request.header("authorization");
    if (header.isEmpty()) {
      throw refused(
          "Request is missing required authentication credential.",
          "CREDENTIALS_MISSING",
          request,
          service);
    }
    Token token = header.flatMap(AccessTokens::bearer).map(issued::get).orElse(null);
    if (token == null) {
      throw refused(
          "Request had invalid authentication credentials.",
          "ACCESS_TOKEN_TYPE_UNSUPPORTED",
          request,
          service);
    }
    if (!request.time().isBefore(token.expiry())) {
      throw expired(request, service);
    }
    return token.principal();
  }

  /** What an expired token is told. */
  public static GcpFailure expired(ServiceRequest request, String service) {
    return refused(
        "Request had invalid authentication credentials.",
        "ACCESS_TOKEN_EXPIRED",
        request,
        service);
  }

  private static Optional<String> bearer(String header) {
    return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? Optional.of(header.substring(BEARER.length()).strip())
        : Optional.empty();
  }

  private static GcpFailure refused(
      String text, String reason, ServiceRequest request, String service) {
    String method = request.path().substring(1).replace('/', '.');
    return GcpFailure.of(
        Code.UNAUTHENTICATED,
        text,
        GcpFailure.info(reason, Map.of("service", service, "method", method)));
  }
}
