package dev.enclave.crypto.internal.forms;

import static dev.enclave.crypto.internal.forms.JsonText.invalid;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeySet;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads JWK sets (RFC 7517 §5). */
public final class JwkSet {

  // Checking a hostile 4096-bit modulus takes tens of milliseconds.
  private static final int MOST_KEYS = 64;

  private JwkSet() {}

  public static PublicKeySet read(String json, Set<? extends KeyAlgorithm> defaults) {
    List<Jwk> keys = JsonText.read(json, JwkSet::keys);
    List<PublicKeySet.Entry> entries = new ArrayList<>();
    List<PublicKeySet.Ignored> ignored = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Jwk jwk = keys.get(i);
      try {
        entries.add(jwk.toEntry(defaults));
      } catch (UsageException unusable) {
        String why = String.valueOf(unusable.getMessage());
        ignored.add(new PublicKeySet.Ignored(i, jwk.text("kid").orElse(""), why));
      }
    }
    if (entries.isEmpty()) {
      throw invalid(
          Texts.NO_USABLE_KEY_IN_SET.with(
              ignored.isEmpty()
                  ? ""
                  : Texts.IGNORED.with(ignored.size(), ignored.get(0).reason())));
    }
    return new PublicKeySet(entries, ignored);
  }

  private static List<Jwk> keys(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      throw invalid(Texts.NO_JSON_OBJECT.with());
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
      throw invalid(Texts.KEYS_MISSING.with());
    }
    return keys;
  }

  private static List<Jwk> array(JsonParser parser) throws IOException {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      throw invalid(Texts.KEYS_NO_ARRAY.with());
    }
    List<Jwk> keys = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (keys.size() == MOST_KEYS) {
        throw invalid(Texts.TOO_MANY_KEYS.with(MOST_KEYS));
      }
      keys.add(Jwk.read(parser));
    }
    return keys;
  }
}
