package dev.enclave.crypto.internal;

import static dev.enclave.crypto.internal.JsonText.invalid;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.util.Arrays;

/**
 * The members of one public JWK (RFC 7517 §4).
 *
 * @param texts those we read, all text
 * @param operations what {@code key_ops} lists; none when it is not there
 */
record Jwk(Map<String, String> texts, Optional<Set<String>> operations) {

  private static final Set<String> PRIVATE = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
  private static final Set<String> READ =
      Set.of("kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", JwkWriter.ALGORITHM_MEMBER);

  static Jwk read(String json) {
    return JsonText.read(json, Jwk::read);
  }

  static Jwk read(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      throw invalid("holds no JSON object where a key should be");
    }
    Map<String, String> texts = new HashMap<>();
    Optional<Set<String>> operations = Optional.empty();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (PRIVATE.contains(name)) {
        throw invalid("holds a private or secret key, which does not belong here");
      }
      parser.nextToken();
      if (READ.contains(name)) {
        texts.put(name, text(parser, name));
      } else if (name.equals("key_ops")) {
        operations = Optional.of(operations(parser));
      } else {
        parser.skipChildren();
      }
    }
    return new Jwk(texts, operations);
  }

  private static Set<String> operations(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      throw invalid("has a member key_ops that is no array");
    }
    Set<String> operations = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      operations.add(text(parser, "key_ops"));
    }
    return operations;
  }

  private static String text(JsonParser parser, String name) throws IOException {
    String text = parser.hasToken(JsonToken.VALUE_STRING) ? parser.getText() : null;
    if (text == null || !JsonText.wellFormed(text)) {
      throw invalid("has a member " + name + " that is not Unicode text");
    }
    return text;
  }

  /**
   * The key.
   *
   * @param wanted what it must be for; none takes that from the members
   */
  PublicKeySet.Entry toEntry(Optional<KeyAlgorithm> wanted) {
    return toEntry(
        JwkAlgorithm.of(this, wanted)
            .orElseThrow(
                () ->
                    invalid(
                        "is for no algorithm we have, for another one, or does not say which"
                            + " (member alg)")));
  }

  PublicKeySet.Entry toEntry(KeyAlgorithm algorithm) {
    byte[] key =
        switch (algorithm.family()) {
          case ECDSA -> point(Curve.of(algorithm).length());
          case EDDSA -> bytes("x", 32);
          default ->
              DerWriter.sequence(DerWriter.integer(number("n")), DerWriter.integer(number("e")));
        };
    byte[] spki =
        DerWriter.sequence(PublicKeys.algorithmIdentifier(algorithm), DerWriter.bitString(key));
    return new PublicKeySet.Entry(text("kid").orElse(""), PublicKeyInfo.fromSpki(spki, algorithm));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  private byte[] point(int length) {
    return Arrays.concatenate(new byte[] {4}, bytes("x", length), bytes("y", length));
  }

  private byte[] bytes(String name, int length) {
    byte[] bytes = bytes(name);
    if (bytes.length != length) {
      throw invalid("has a member " + name + " of " + bytes.length + " bytes instead of " + length);
    }
    return bytes;
  }

  /** A Base64urlUInt (RFC 7518 §2): no leading zero octet. */
  BigInteger number(String name) {
    byte[] bytes = bytes(name);
    if (bytes.length == 0 || bytes[0] == 0) {
      throw invalid("has a member " + name + " that is not a number in its shortest form");
    }
    return new BigInteger(1, bytes);
  }

  // Decoders forgive padding and stray bits at the end: only the one true spelling may pass.
  private byte[] bytes(String name) {
    String text = text(name).orElseThrow(() -> invalid("lacks the member " + name));
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw invalid("has a member " + name + " that is not base64url");
    }
    throw invalid("has a member " + name + " that is not base64url without padding");
  }
}
