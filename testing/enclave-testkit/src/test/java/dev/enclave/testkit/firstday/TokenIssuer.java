package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.SigningKey.PublishedKeys;
import dev.enclave.VersionSigner;
import java.time.Duration;
import java.util.Base64;

// region issuer
/** Issues JSON Web Tokens, and publishes the keys that verify them. */
final class TokenIssuer {

  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final SigningKey key;

  TokenIssuer(Enclave enclave) {
    key =
        enclave.ensureKey(
            KeySpec.named("issuer")
                .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                .rotation(RotationInterval.every(Duration.ofDays(90))));
  }

  /** The version that the header names signs, or nothing does, whatever rotates meanwhile. */
  String issue(String claims) {
    VersionSigner signer = key.signer();
    String header =
        "{\"alg\":\"%s\",\"kid\":\"%s\"}"
            .formatted(signer.algorithm().joseName().orElseThrow(), signer.keyId());
    String signingInput =
        base64url(header.getBytes(UTF_8)) + "." + base64url(claims.getBytes(UTF_8));
    return signingInput + "." + base64url(signer.signJws(signingInput.getBytes(US_ASCII)));
  }

  /**
   * What {@code /.well-known/jwks.json} answers, its body {@code json()} and its header {@code
   * Cache-Control}: rotated versions go on verifying, and the next one is known before it signs.
   */
  PublishedKeys jwks() {
    return key.publishedKeys();
  }

  private static String base64url(byte[] bytes) {
    return BASE64URL.encodeToString(bytes);
  }
}
// endregion
