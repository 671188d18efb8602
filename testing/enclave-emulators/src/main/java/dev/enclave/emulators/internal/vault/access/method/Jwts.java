package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.token.SignedTokens;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * JSON Web Tokens as hashicorp/cap's jwt/jwt.go checks them, with its texts. A refusal is a {@link
 * Refused}.
 *
 * @param keys as PEM, of any that may have signed; empty: servers of this process
 * @param now by the server's clock
 */
record Jwts(List<String> keys, Instant now) {

  /** Why a token is not taken. */
  static final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    private Refused(String text) {
      super(text, null, false, false);
    }

    String text() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * What must be in a token; empty for what need not.
   *
   * @param timesOptional whether it may have no times at all
   */
  record Expected(String issuer, String subject, List<String> audiences, boolean timesOptional) {}

  private static final Provider CRYPTOGRAPHY = new BouncyCastleProvider();

  /** jwt.DefaultLeeway of go-jose, and DefaultLeewaySeconds of cap. */
  private static final long SKEW = 60;

  private static final long LEEWAY = 150;

  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "RS256", "SHA256withRSA",
          "RS384", "SHA384withRSA",
          "RS512", "SHA512withRSA",
          "PS256", "SHA256withRSAandMGF1",
          "PS384", "SHA384withRSAandMGF1",
          "PS512", "SHA512withRSAandMGF1",
          "ES256", "SHA256withPLAIN-ECDSA",
          "ES384", "SHA384withPLAIN-ECDSA",
          "ES512", "SHA512withPLAIN-ECDSA",
          "EdDSA", "Ed25519");

  /** Its claims, once it was found to be as it should be. */
  Map<String, @Nullable Object> claims(String token, Expected expected) throws Refused {
    Map<String, @Nullable Object> claims =
        SignedTokens.claims(token)
            .filter(any -> isSigned(token))
            .orElseThrow(
                () ->
                    new Refused(
                        "error verifying token signature: no known key successfully validated the"
                            + " token signature"));
    require(claims, expected, now);
    return claims;
  }

  /** Its claims, whoever signed it: somebody else is to be asked that. */
  static Map<String, @Nullable Object> unsigned(String token, Expected expected, Instant now)
      throws Refused {
    Map<String, @Nullable Object> claims =
        SignedTokens.claims(token)
            .orElseThrow(
                () ->
                    new Refused(
                        "error verifying token signature: go-jose/go-jose: compact JWS format must"
                            + " have three parts"));
    require(claims, expected, now);
    return claims;
  }

  private static void require(Map<String, @Nullable Object> claims, Expected expected, Instant now)
      throws Refused {
    requireText(expected.issuer(), claims, "iss", "issuer");
    requireText(expected.subject(), claims, "sub", "subject");
    List<String> audiences = audiences(claims);
    if (!expected.audiences().isEmpty()
        && expected.audiences().stream().noneMatch(audiences::contains)) {
      throw new Refused(
          "invalid audience (aud) claim: audience claim does not match any expected audience");
    }
    requireTimes(claims, expected.timesOptional(), now);
  }

  private static void requireText(
      String wanted, Map<String, @Nullable Object> claims, String name, String word)
      throws Refused {
    if (!wanted.isEmpty() && !wanted.equals(claims.get(name))) {
      throw new Refused("invalid " + word + " (" + name + ") claim");
    }
  }

  /** Whom it is for: one or several. */
  static List<String> audiences(Map<String, @Nullable Object> claims) {
    Object audience = claims.get("aud");
    return audience instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : audience == null ? List.of() : List.of(audience.toString());
  }

  private static void requireTimes(
      Map<String, @Nullable Object> claims, boolean optional, Instant now) throws Refused {
    long issued = seconds(claims, "iat");
    long end = seconds(claims, "exp");
    long begin = seconds(claims, "nbf");
    if (issued == 0 && end == 0 && begin == 0) {
      if (optional) {
        return;
      }
      throw new Refused(
          "no issued at (iat), not before (nbf), or expiration time (exp) claims in token");
    }
    if (end == 0) {
      end = Math.max(issued, begin) + LEEWAY;
    }
    if (begin == 0) {
      begin = issued != 0 ? issued : end - LEEWAY;
    }
    if (now.plusSeconds(SKEW).isBefore(Instant.ofEpochSecond(begin))) {
      throw new Refused("invalid not before (nbf) claim: token not yet valid");
    }
    if (now.minusSeconds(SKEW).isAfter(Instant.ofEpochSecond(end))) {
      throw new Refused("invalid expiration time (exp) claim: token is expired");
    }
    if (now.plusSeconds(SKEW).isBefore(Instant.ofEpochSecond(issued))) {
      throw new Refused("invalid issued at (iat) claim: token issued in the future");
    }
  }

  private static long seconds(Map<String, @Nullable Object> claims, String name) {
    return claims.get(name) instanceof BigDecimal number ? number.longValue() : 0;
  }

  private boolean isSigned(String token) {
    if (keys.isEmpty()) {
      return SignedTokens.isSigned(token);
    }
    String[] parts = token.split("\\.", -1);
    Optional<String> algorithm =
        decoded(parts[0])
            .flatMap(Json::parseObject)
            .map(head -> ALGORITHMS.get(String.valueOf(head.get("alg"))));
    Optional<byte[]> signature = decoded(parts[2]);
    byte[] signed = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
    return algorithm.isPresent()
        && signature.isPresent()
        && keys.stream().anyMatch(pem -> isSigned(pem, algorithm.get(), signed, signature.get()));
  }

  private static boolean isSigned(String pem, String algorithm, byte[] signed, byte[] signature) {
    try {
      Signature check = Signature.getInstance(algorithm, CRYPTOGRAPHY);
      check.initVerify(publicKey(pem));
      check.update(signed);
      return check.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // A key of another kind has not signed it.
      return false;
    }
  }

  /** That of {@code -----BEGIN PUBLIC KEY-----} or of a certificate. */
  private static PublicKey publicKey(String pem) throws GeneralSecurityException {
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "").strip());
    if (pem.contains("BEGIN CERTIFICATE")) {
      return CertificateFactory.getInstance("X.509", CRYPTOGRAPHY)
          .generateCertificate(new ByteArrayInputStream(der))
          .getPublicKey();
    }
    String algorithm = SubjectPublicKeyInfo.getInstance(der).getAlgorithm().getAlgorithm().getId();
    return KeyFactory.getInstance(algorithm, CRYPTOGRAPHY)
        .generatePublic(new X509EncodedKeySpec(der));
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
