package dev.enclave.emulators.internal.token;

import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * JSON Web Tokens (RFC 7519) by RS256, of all servers of this process: they have one key, so that
 * the server of one cloud can check what that of another has issued. Thread-safe.
 */
public final class SignedTokens {

  private static final int KEY_BITS = 2048;

  private SignedTokens() {}

  private static final class SigningKey {

    private static final RsaMaterial KEY = RsaMaterial.generate(KEY_BITS, new SecureRandom());
    private static final String ID = encode(KEY.fingerprint());

    static void make() {
      // Initialises this class.
    }
  }

  /** Makes the key, which takes a while: a request for a token has a deadline. */
  public static void makeKey() {
    SigningKey.make();
  }

  /** A token that says this. */
  public static String sign(Map<String, Object> claims, SecureRandom random) {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("typ", "JWT");
    head.put("alg", "RS256");
    head.put("kid", SigningKey.ID);
    String signed = encode(Json.write(head)) + "." + encode(Json.write(claims));
    return signed + "." + encode(SigningKey.KEY.signPkcs1(Hash.SHA_256, digest(signed), random));
  }

  /** What a token says, whoever signed it; empty if it is none. */
  public static Optional<Map<String, @Nullable Object>> claims(String token) {
    String[] parts = token.split("\\.", -1);
    return parts.length == 3 ? decode(parts[1]).flatMap(Json::parseObject) : Optional.empty();
  }

  /** Whether a server of this process has signed it. */
  public static boolean isSigned(String token) {
    int end = token.lastIndexOf('.');
    return end > 0
        && SigningKey.KEY.verifyPkcs1(
            Hash.SHA_256,
            digest(token.substring(0, end)),
            decode(token.substring(end + 1)).orElse(new byte[0]));
  }

  /** The keys that tokens are signed with, as a JWK set (RFC 7517 §5). */
  public static Map<String, Object> keySet() {
    Map<String, Object> jwk = new LinkedHashMap<>();
    jwk.put("kty", "RSA");
    jwk.put("use", "sig");
    jwk.put("kid", SigningKey.ID);
    jwk.put("n", encode(SigningKey.KEY.modulus()));
    jwk.put("e", encode(SigningKey.KEY.publicExponent()));
    return Map.of("keys", List.of(jwk));
  }

  private static byte[] digest(String signed) {
    return Hash.SHA_256.of(signed.getBytes(StandardCharsets.US_ASCII));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Optional<byte[]> decode(String text) {
    try {
      return Optional.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
