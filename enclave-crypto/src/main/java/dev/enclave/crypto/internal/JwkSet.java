package dev.enclave.crypto.internal;

import static dev.enclave.crypto.internal.JsonText.invalid;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.PublicKeySet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads JWK sets (RFC 7517 §5). */
final class JwkSet {

  // Checking a hostile 4096-bit modulus takes tens of milliseconds.
  private static final int MOST_KEYS = 64;

  private JwkSet() {}

  static PublicKeySet read(String json) {
    List<PublicKeySet.Entry> entries =
        JsonText.read(json, JwkSet::keys).stream()
            .flatMap(jwk -> JwkAlgorithm.of(jwk, Optional.empty()).map(jwk::toEntry).stream())
            .toList();
    if (entries.isEmpty()) {
      throw invalid("has no key of an algorithm we have");
    }
    return new PublicKeySet(entries);
  }

  private static List<Jwk> keys(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      throw invalid("is no JSON object");
    }
    @Nullable List<Jwk> keys = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals("keys")) {
        keys = array(parser);
      } else {
        parser.skipChildren();
      }
    }
    if (keys == null) {
      throw invalid("lacks the member keys");
    }
    return keys;
  }

  private static List<Jwk> array(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      throw invalid("has a member keys that is no array");
    }
    List<Jwk> keys = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (keys.size() == MOST_KEYS) {
        throw invalid("has more than " + MOST_KEYS + " keys");
      }
      keys.add(Jwk.read(parser));
    }
    return keys;
  }
}
