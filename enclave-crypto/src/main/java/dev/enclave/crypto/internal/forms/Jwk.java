package dev.enclave.crypto.internal.forms;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.util.Arrays;

/**
 * The members of one public JWK (RFC 7517 §4).
 *
 * @param texts those we read, all text
 * @param operations what {@code key_ops} lists; none when it is not there
 * @param faults why it is no public JWK, in the order of the members; none if it may be one
 */
public record Jwk(
    Map<String, String> texts, Optional<Set<String>> operations, List<String> faults) {

  private static final Set<String> PRIVATE = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
  private static final Set<String> READ =
      Set.of("kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", JwkWriter.ALGORITHM_MEMBER);

  public static Jwk read(String json) {
    return JsonText.read(json, Jwk::read);
  }

  /** Reads to the end of the object whatever is in it, so that a set can go on after it. */
  public static Jwk read(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      throw invalid("holds no JSON object where a key should be");
    }
    Map<String, String> texts = new HashMap<>();
    Optional<Set<String>> operations = Optional.empty();
    List<String> faults = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (PRIVATE.contains(name)) {
        faults.add("holds a private or secret key, which does not belong here");
      } else if (READ.contains(name)) {
        text(parser, name, faults).ifPresent(text -> texts.put(name, text));
      } else if (name.equals("key_ops")) {
        operations = Optional.of(operations(parser, faults));
      }
      parser.skipChildren();
    }
    return new Jwk(texts, operations, faults);
  }

  private static Set<String> operations(JsonParser parser, List<String> faults) throws IOException {
    Set<String> operations = new HashSet<>();
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      faults.add("has a member key_ops that is no array");
      return operations;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      text(parser, "key_ops", faults).ifPresent(operations::add);
      parser.skipChildren();
    }
    return operations;
  }

  private static Optional<String> text(JsonParser parser, String name, List<String> faults)
      throws IOException {
    Optional<String> text =
        parser.hasToken(JsonToken.VALUE_STRING)
            ? Optional.of(parser.getText()).filter(JsonText::wellFormed)
            : Optional.empty();
    if (text.isEmpty()) {
      faults.add("has a member " + name + " that is not Unicode text");
    }
    return text;
  }

  /** The key, for the algorithm that its members say; one of {@code defaults} if they do not. */
  public PublicKeySet.Entry toEntry(Set<? extends KeyAlgorithm> defaults) {
    requireNoFault();
    return toEntry(JwkAlgorithm.of(this, defaults));
  }

  /** The key, which must be one for {@code wanted}. */
  public PublicKeySet.Entry toEntryFor(KeyAlgorithm wanted) {
    requireNoFault();
    return toEntry(JwkAlgorithm.require(this, wanted));
  }

  private void requireNoFault() {
    if (!faults.isEmpty()) {
      throw invalid(faults.get(0));
    }
  }

  private PublicKeySet.Entry toEntry(KeyAlgorithm algorithm) {
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

  static UsageException invalid(String observed) {
    return JsonText.invalid("The JWK", observed);
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
