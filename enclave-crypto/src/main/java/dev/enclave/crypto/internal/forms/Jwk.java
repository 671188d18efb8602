package dev.enclave.crypto.internal.forms;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.EnclaveException;
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
      throw invalid(Texts.NO_JSON_OBJECT_FOR_KEY.with());
    }
    Map<String, String> texts = new HashMap<>();
    Optional<Set<String>> operations = Optional.empty();
    List<String> faults = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (PRIVATE.contains(name)) {
        faults.add(Texts.PRIVATE_JWK.with());
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
      faults.add(Texts.KEY_OPS_NO_ARRAY.with());
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
      faults.add(Texts.MEMBER_NO_TEXT.with(name));
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

  static EnclaveException invalid(String observed) {
    return JsonText.invalid(Texts.THE_JWK.with(), observed);
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
      throw invalid(Texts.MEMBER_LENGTH.with(name, bytes.length, length));
    }
    return bytes;
  }

  /** A Base64urlUInt (RFC 7518 §2): no leading zero octet. */
  BigInteger number(String name) {
    byte[] bytes = bytes(name);
    if (bytes.length == 0 || bytes[0] == 0) {
      throw invalid(Texts.MEMBER_NOT_SHORTEST.with(name));
    }
    return new BigInteger(1, bytes);
  }

  // Decoders forgive padding and stray bits at the end: only the one true spelling may pass.
  private byte[] bytes(String name) {
    String text = text(name).orElseThrow(() -> invalid(Texts.MEMBER_MISSING.with(name)));
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw invalid(Texts.MEMBER_NO_BASE64URL.with(name));
    }
    throw invalid(Texts.MEMBER_PADDED.with(name));
  }
}
