package dev.enclave.emulators.internal.azure.identity;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.common.Base64Url;
import dev.enclave.emulators.internal.azure.common.Caller;
import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.json.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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

  private static final int KEY_BITS = 2048;

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
    SigningKey.make();
  }

  /** Made with the first server: a request for a token has a deadline. */
  private static final class SigningKey {

    private static final RsaMaterial KEY = RsaMaterial.generate(KEY_BITS, new SecureRandom());
    private static final String ID = Base64Url.encode(KEY.fingerprint());

    static void make() {
      // Initialises this class.
    }
  }

  /** The directory's id. */
  public String tenant() {
    return tenant;
  }

  /** Whose tokens these are. */
  String issuer() {
    return "https://sts.windows.net/" + tenant + "/";
  }

  /** When a request at {@code now} gets its token. */
  Instant issuedAt(Instant now) {
    return anyTime ? Instant.now() : now;
  }

  /** A token of {@code identity} for {@code audience}, issued at {@code now}. */
  String issue(Identity identity, String audience, Instant now, Duration lifetime) {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("typ", "JWT");
    head.put("alg", "RS256");
    head.put("kid", SigningKey.ID);
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
    String signed = Base64Url.encode(Json.write(head)) + "." + Base64Url.encode(Json.write(claims));
    byte[] signature = SigningKey.KEY.signPkcs1(Hash.SHA_256, digest(signed), random);
    return signed + "." + Base64Url.encode(signature);
  }

  /**
   * Who holds {@code token}.
   *
   * @throws AzureFailure with 401 unless it is one of this directory's for {@code audience}, at its
   *     time
   */
  public Caller check(String token, String audience, Instant now) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw refused("AKV10001: The token is no JSON Web Token.");
    }
    byte[] signature = Base64Url.decode(parts[2]).orElse(new byte[0]);
    Map<String, @Nullable Object> claims =
        Base64Url.decode(parts[1])
            .flatMap(Json::parseObject)
            .orElseThrow(() -> refused("AKV10001: The token is no JSON Web Token."));
    if (!text(claims, "iss").equals(issuer()) || !text(claims, "tid").equals(tenant)) {
      throw refused(
          "AKV10032: Invalid issuer. Expected "
              + issuer()
              + ", found "
              + text(claims, "iss")
              + ".");
    }
    if (!SigningKey.KEY.verifyPkcs1(Hash.SHA_256, digest(parts[0] + "." + parts[1]), signature)) {
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

  /** The keys that tokens are signed with, as a JWK set (RFC 7517 §5). */
  Map<String, Object> keySet() {
    Map<String, Object> jwk = new LinkedHashMap<>();
    jwk.put("kty", "RSA");
    jwk.put("use", "sig");
    jwk.put("kid", SigningKey.ID);
    jwk.put("n", Base64Url.encode(SigningKey.KEY.modulus()));
    jwk.put("e", Base64Url.encode(SigningKey.KEY.publicExponent()));
    return Map.of("keys", List.of(jwk));
  }

  private static byte[] digest(String signed) {
    return Hash.SHA_256.of(signed.getBytes(StandardCharsets.US_ASCII));
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
