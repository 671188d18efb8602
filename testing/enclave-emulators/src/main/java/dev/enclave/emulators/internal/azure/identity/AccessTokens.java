package dev.enclave.emulators.internal.azure.identity;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Caller;
import dev.enclave.emulators.internal.token.SignedTokens;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Microsoft Entra access tokens of version 1.0 (identity platform documentation, "Access token
 * claims reference"; Key Vault, "REST API error codes", The token is expired: which claims a vault
 * looks at). There is one Entra, and one cache of tokens in a client's process: a token that one
 * server of this process hands out is good at the others of its directory. Thread-safe.
 */
public final class AccessTokens {

  /** How long before they were issued tokens are valid already, as clocks differ. */
  private static final Duration LEEWAY = Duration.ofMinutes(5);

  private final String tenant;
  private final boolean anyTime;
  private final SecureRandom random;

  /**
   * Of one directory.
   *
   * @param anyTime accepts tokens before and after their time, and issues them by the system's
   *     clock
   */
  public AccessTokens(String tenant, boolean anyTime, SecureRandom random) {
    this.tenant = tenant;
    this.anyTime = anyTime;
    this.random = random;
    SignedTokens.makeKey();
  }

  /** The directory's id. */
  public String tenant() {
    return tenant;
  }

  /** Whose tokens these are. */
  String issuer() {
    return issuer(tenant);
  }

  /** Who issues the tokens of a directory. */
  public static String issuer(String tenant) {
    return "https://sts.windows.net/" + tenant + "/";
  }

  /** When a request at {@code now} gets its token. */
  Instant issuedAt(Instant now) {
    return anyTime ? Instant.now() : now;
  }

  /** A token of {@code identity} for {@code audience}, issued at {@code now}. */
  String issue(Identity identity, String audience, Instant now, Duration lifetime) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("aud", audience);
    claims.put("iss", issuer());
    claims.put("iat", now.getEpochSecond());
    claims.put("nbf", now.minus(LEEWAY).getEpochSecond());
    claims.put("exp", now.plus(lifetime).getEpochSecond());
    claims.put("appid", identity.clientId());
    claims.put("appidacr", "2");
    claims.put("idp", issuer());
    claims.put("oid", identity.objectId());
    claims.put("sub", identity.objectId());
    claims.put("tid", tenant);
    claims.put("ver", "1.0");
    return SignedTokens.sign(claims, random);
  }

  /**
   * Who holds {@code token}.
   *
   * @throws AzureFailure with 401 unless it is one of this directory's for {@code audience}, at its
   *     time
   */
  public Caller check(String token, String audience, Instant now) {
    Map<String, @Nullable Object> claims =
        SignedTokens.claims(token)
            .orElseThrow(() -> refused("AKV10001: The token is no JSON Web Token."));
    if (!text(claims, "iss").equals(issuer()) || !text(claims, "tid").equals(tenant)) {
      throw refused(
          "AKV10032: Invalid issuer. Expected "
              + issuer()
              + ", found "
              + text(claims, "iss")
              + ".");
    }
    if (!SignedTokens.isSigned(token)) {
      throw refused("AKV10046: The signature of the token is not valid.");
    }
    if (!text(claims, "aud").equals(audience)) {
      throw refused(
          "AKV10022: Invalid audience. Expected "
              + audience
              + ", found: "
              + text(claims, "aud")
              + ".");
    }
    boolean inTime = !now.isBefore(time(claims, "nbf")) && now.isBefore(time(claims, "exp"));
    if (!anyTime && !inTime) {
      throw refused("AKV10025: The token is expired or not valid yet.");
    }
    return new Caller(text(claims, "oid"), text(claims, "appid"), tenant);
  }

  private static String text(Map<String, @Nullable Object> claims, String name) {
    return claims.get(name) instanceof String text ? text : "";
  }

  private static Instant time(Map<String, @Nullable Object> claims, String name) {
    return Optional.ofNullable(claims.get(name))
        .filter(BigDecimal.class::isInstance)
        .map(number -> Instant.ofEpochSecond(((BigDecimal) number).longValue()))
        .orElse(Instant.EPOCH);
  }

  private static AzureFailure refused(String message) {
    return AzureFailure.of(401, "Unauthorized", message);
  }
}
