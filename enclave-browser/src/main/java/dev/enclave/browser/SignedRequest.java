package dev.enclave.browser;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.enclave.Bytes;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.browser.internal.Texts;
import dev.enclave.internal.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a wallet signed: a JWS in its compact form (RFC 7515 §7.1) whose header has exactly {@code
 * typ}, {@code alg} and {@code kid}, and whose claims are texts, but for {@code exp}. Strict: each
 * member at most once, none that is not known, no other spelling of base64url.
 */
record SignedRequest(
    SigningAlgorithm algorithm,
    String keyId,
    Map<String, String> claims,
    String signedText,
    Bytes signature) {

  static final String TYPE = "enclave-wallet+jws";

  private static final Set<String> HEADER = Set.of("typ", "alg", "kid");
  private static final Set<String> CLAIMS =
      Set.of("action", "origin", "purpose", "nonce", "exp", "text", "key", "proof", "predecessor");

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static SignedRequest parse(String compact) throws RefusedRequest {
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3) {
      throw malformed(Texts.NOT_THREE_PARTS.with(parts.length));
    }
    Map<String, String> header = members(text(parts[0], "header"), "header", HEADER);
    if (!TYPE.equals(header.get("typ"))) {
      throw malformed(Texts.OTHER_TYPE.with(quoted(header.get("typ")), TYPE));
    }
    return new SignedRequest(
        algorithm(header.getOrDefault("alg", "")),
        header.getOrDefault("kid", ""),
        members(text(parts[1], "payload"), "payload", CLAIMS),
        parts[0] + "." + parts[1],
        Bytes.of(decode(parts[2], "signature")));
  }

  private static SigningAlgorithm algorithm(String name) throws RefusedRequest {
    return switch (name) {
      case "EdDSA" -> SigningAlgorithm.ED25519;
      case "ES256" -> SigningAlgorithm.ECDSA_P256_SHA256;
      default -> throw malformed(Texts.OTHER_ALGORITHM.with(Quoted.of(name)));
    };
  }

  /** A claim that has to be there. */
  String claim(String name) throws RefusedRequest {
    String value = claims.get(name);
    if (value == null) {
      throw malformed(Texts.CLAIM_MISSING.with(name));
    }
    return value;
  }

  boolean isSignedBy(PublicKeyInfo key) {
    return key.algorithm() == algorithm
        && SignatureVerifier.of(key)
            .verify(
                Message.of(signedText.getBytes(US_ASCII)),
                signature,
                algorithm == SigningAlgorithm.ED25519
                    ? SignatureEncoding.RAW
                    : SignatureEncoding.P1363);
  }

  private static Map<String, String> members(String json, String where, Set<String> known)
      throws RefusedRequest {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed(Texts.NO_JSON_OBJECT.with(where));
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (!known.contains(name)) {
          throw malformed(Texts.MEMBER_UNKNOWN.with(where, Quoted.of(name)));
        }
        JsonToken wanted = name.equals("exp") ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_STRING;
        if (parser.nextToken() != wanted) {
          throw malformed(Texts.VALUE_OF_ANOTHER_KIND.with(name));
        }
        members.put(name, parser.getText());
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw malformed(Texts.DOES_NOT_END.with(where));
      }
    } catch (IOException e) {
      throw malformed(Texts.NO_JSON.with(where));
    }
    return members;
  }

  private static String text(String part, String where) throws RefusedRequest {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(decode(part, where)))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed(Texts.NOT_UTF_8.with(where));
    }
  }

  /** Base64url without padding; a spelling that would not come out of an encoder is refused. */
  static byte[] decode(String part, String where) throws RefusedRequest {
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(part);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(decoded).equals(part)) {
        return decoded;
      }
    } catch (IllegalArgumentException e) {
      // As a spelling that does not come out of an encoder.
    }
    throw malformed(Texts.NOT_BASE64URL.with(where));
  }

  private static String quoted(@Nullable String text) {
    return text == null ? "absent" : Quoted.of(text);
  }

  static RefusedRequest malformed(String what) {
    return new RefusedRequest(Refusal.MALFORMED, Texts.MALFORMED.with(what));
  }
}
